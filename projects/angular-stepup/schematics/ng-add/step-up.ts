import { join } from 'node:path/posix';
import { chain, type Rule, SchematicsException } from '@angular-devkit/schematics';
import type { NgAddOptions } from './ng-add.options.js';
import { ownHandler, oktaAuth } from './new-files.js';
import type { Project } from './project.js';
import { addArguments, provideAtRoot } from './root-providers.js';
import { findCalls, importPath, literal } from './source.js';

/** How an app provides a handler. */
interface HandlerSetup {
  /** The feature for `provideStepUp()`. */
  readonly feature: string;
  /** What it is made of, by module. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  /** A file that the app gets for it: its name, what is imported from it, what is in it. */
  readonly file?: { readonly name: string; readonly symbol: string; readonly content: string };
  /** What is left to do for a person. */
  readonly next: string;
}

const SETUPS: Readonly<Record<NgAddOptions['handler'], (options: NgAddOptions) => HandlerSetup>> = {
  okta: ({ issuer, clientId }) => ({
    // A function: it is called in the browser only, when the client is first used.
    feature: 'withOkta(() => inject(OKTA_AUTH))',
    imports: { '@angular/core': ['inject'], 'angular-stepup/okta': ['withOkta'] },
    file: { name: 'okta-auth.ts', symbol: 'OKTA_AUTH', content: oktaAuth(issuer, clientId) },
    next:
      'okta-auth.ts has the issuer and the client id. Let the authorization server redirect to ' +
      "/login/callback of the app's origins.",
  }),
  ciba: ({ apiUrl }) => ({
    feature: `withDialog(withCiba({ apiUrl: ${literal(apiUrl)} }))`,
    imports: { 'angular-stepup/ciba': ['withCiba'], 'angular-stepup/dialog': ['withDialog'] },
    next:
      'The API asks for the approval: give it CibaModule of nest-stepup/ciba. Users sign in by ' +
      'QrSignIn, or with a second handler.',
  }),
  own: () => ({
    feature: 'withHandler(OwnStepUpHandler)',
    imports: { 'angular-stepup': ['withHandler'] },
    file: { name: 'own-step-up-handler.ts', symbol: 'OwnStepUpHandler', content: ownHandler },
    next: 'Complete own-step-up-handler.ts: signInAgain() is yours to write.',
  }),
};

/** Has the app provide step-up, and creates the file with the client that it steps up with. */
export function addStepUp(project: Project, options: NgAddOptions): Rule {
  const { sourceRoot } = project;
  return (tree, context) => {
    if (findCalls(tree, sourceRoot, 'provideStepUp', 'angular-stepup').length > 0) {
      context.logger.info('provideStepUp() is there already, and stays as it is.');
      return undefined;
    }
    return chain([
      provideAtRoot(project, 'provideStepUp', 'angular-stepup'),
      () => {
        const [found] = findCalls(tree, sourceRoot, 'provideStepUp', 'angular-stepup');
        if (!found) {
          throw new SchematicsException(
            `Cannot add step-up as the app's providers are not below ${sourceRoot}`,
          );
        }
        const { feature, imports, file, next } = SETUPS[options.handler](options);
        const fileImports: Record<string, readonly string[]> = {};
        if (file) {
          const path = `/${join(sourceRoot, 'app', file.name)}`;
          fileImports[importPath(found.path, path)] = [file.symbol];
          if (!tree.exists(path)) tree.create(path, file.content);
        }
        addArguments(tree, found, `withApis(${literal(options.apiUrl)}), ${feature}`, {
          ...imports,
          ...fileImports,
          'angular-stepup': ['withApis', ...(imports['angular-stepup'] ?? [])],
        });
        context.logger.info(next);
      },
    ]);
  };
}
