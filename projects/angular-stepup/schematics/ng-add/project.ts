import { join } from 'node:path/posix';
import { SchematicsException, type Tree } from '@angular-devkit/schematics';
import { readWorkspace } from '@schematics/angular/utility';

/** The application that step-up is added to. */
export interface Project {
  readonly name: string;
  /** The folder of its sources, from the root of the workspace. */
  readonly sourceRoot: string;
}

/**
 * Finds the application to change.
 *
 * @param wanted Its name; without one it must be the only application of the workspace.
 */
export async function projectOf(tree: Tree, wanted: string | undefined): Promise<Project> {
  const { projects } = await readWorkspace(tree);
  const applications = [...projects].filter(
    ([name, { extensions }]) =>
      extensions['projectType'] === 'application' && (wanted === undefined || name === wanted),
  );
  const [application] = applications;
  if (!application || applications.length > 1) {
    const names = [...projects.keys()].join(', ');
    throw new SchematicsException(
      `Cannot add step-up as --project must name an application of the workspace (${names}): ` +
        `current value is ${wanted ?? 'undefined'}`,
    );
  }
  const [name, { root, sourceRoot }] = application;
  return { name, sourceRoot: sourceRoot ?? join(root, 'src') };
}
