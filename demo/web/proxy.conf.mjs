import { registerHooks } from 'node:module';

// The demo's settings are TypeScript, which Node runs, but it looks for imports by their names.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === './ciba.config.js' ? './ciba.config.ts' : specifier, context),
});
const { readDemoConfig, webConfigOf } = await import('../demo.config.ts');

/** `ng serve` answers for the server of the built pages: it tells the app its configuration. */
export default {
  '/demo.config.json': {
    target: 'http://localhost',
    bypass: (_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(webConfigOf(readDemoConfig())));
      return undefined;
    },
  },
};
