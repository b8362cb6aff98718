/** Has the packages found as they were built: nothing is installed. */
import { registerHooks } from 'node:module';

const projects = new URL('../projects/', import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [, name, entry = ''] = /^(stepup-core|nest-stepup)((?:\/\w+)*)$/.exec(specifier) ?? [];
    if (name === undefined) return nextResolve(specifier, context);
    return nextResolve(new URL(`${name}/dist${entry}/index.js`, projects).href, context);
  },
});
