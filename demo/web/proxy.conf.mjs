import { readDemoConfig, webConfigOf } from '../demo.config.ts';

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
