import { SchematicsException } from '@angular-devkit/schematics';

/** The options of `ng add angular-stepup`; schema.json has their defaults. */
export interface NgAddOptions {
  /** An absolute URL, or a path of the app's own origin. */
  readonly apiUrl: string;
  readonly handler: 'okta' | 'ciba' | 'own';
  readonly issuer: string;
  readonly clientId: string;
  readonly project?: string;
}

/** @throws {SchematicsException} When `withApis()` would refuse the URL once the app runs. */
export function refuseWrong({ apiUrl }: NgAddOptions): void {
  const isPath = /^\/(?![/\\])[^?#*\s]*$/.test(apiUrl);
  const isUrl = /^https?:\/\/[^/?#@*\s]+(\/[^?#*\s]*)?$/.test(apiUrl);
  if (isPath || isUrl) return;
  throw new SchematicsException(
    'Cannot add step-up as --api-url must be an absolute URL or a path: ' +
      `current value is ${JSON.stringify(apiUrl)}`,
  );
}
