import { chain, type Rule } from '@angular-devkit/schematics';
import { addInterceptor } from './interceptor.js';
import { refuseWrong, type NgAddOptions } from './ng-add.options.js';
import { addPeers } from './peers.js';
import { projectOf } from './project.js';
import { addRoutes } from './routes.js';
import { addStepUp } from './step-up.js';

/**
 * Adds step-up authentication to an app: interceptor, provider, handler and an example of a route.
 *
 * What is there already stays, so that a second run changes nothing. What it cannot change it tells,
 * with the line. What is imported here comes with the Angular CLI that runs it, whose version it is.
 */
export function ngAdd(options: NgAddOptions): Rule {
  return async (tree) => {
    refuseWrong(options);
    const project = await projectOf(tree, options.project);
    return chain([
      addInterceptor(project),
      addStepUp(project, options),
      addRoutes(project, options),
      addPeers(project, options),
    ]);
  };
}
