import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { JsonObject } from '../json-object.js';
import { RouteTable, type Route } from '../route-table.js';
import { STEP_UP_SETTINGS, type StepUpSettings } from '../step-up.options.js';
import { demandsOf } from './demands.js';
import { DocumentPaths, METHODS } from './document-paths.js';
import { describeOperation } from './describe-operation.js';
import { objectIn, objectsIn } from './document-members.js';
import { PROBLEM_SCHEMA, problemSchema, refusalResponses } from './responses.js';
import { SecurityScheme } from './security-scheme.js';

/** An OpenAPI 3 document, as far as it matters here: `OpenAPIObject` of `@nestjs/swagger` is one. */
export interface OpenApiDocument {
  readonly paths: object;
  readonly components?: object;
}

/** Options of {@link describeStepUp}. */
export interface DescribeStepUpOptions {
  /**
   * The name of the document's security scheme for access tokens. It is added where there is none;
   * `DocumentBuilder.addBearerAuth()` and `addOAuth2()` add one under a name of theirs.
   *
   * @default 'bearer'
   */
  readonly securityScheme?: string;
  /**
   * Whether the document was made with the option of the same name, so that its paths are without
   * the global prefix.
   *
   * @default false
   */
  readonly ignoreGlobalPrefix?: boolean;
}

/**
 * Says in an OpenAPI document what each route demands of its caller: that a token is needed, the
 * refusals, with their challenges, and the requirement, in words and as `x-step-up`.
 *
 * It reads what is in force from where the guard does, so it comes after whatever changes paths, such
 * as `setGlobalPrefix()` and `enableVersioning()`. What the app documents itself is kept. Nothing is
 * said of routes that are open, as another guard may stand there. Who may read the document learns
 * every requirement, which the API itself tells only a caller with a valid token (RFC 9470 §9).
 *
 * @returns Another document; the given one stays as it is.
 * @throws {TypeError} When `StepUpModule` is not imported, an option is wrong, or the document has
 *   operations and none of them is a route of the app.
 *
 * @example
 * const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
 * SwaggerModule.setup('docs', app, describeStepUp(app, document));
 */
export function describeStepUp<Document extends OpenApiDocument>(
  app: Pick<INestApplicationContext, 'get'>,
  document: Document,
  options: DescribeStepUpOptions = {},
): Document {
  const { securityScheme, ignoreGlobalPrefix } = resolveOptions(options);
  const { routes, settings } = stepUpOf(app);
  const source: JsonObject = Object.fromEntries(Object.entries(document));
  const operations = operationsOf(source, new DocumentPaths(routes, ignoreGlobalPrefix));
  refuseForeign(operations);
  const guarded = operations.flatMap((each) => {
    const demands = demandsOf(each.found);
    return demands ? [{ ...each, demands }] : [];
  });
  if (guarded.length === 0) return document;

  const security = new SecurityScheme(source, securityScheme, settings.challenge.scheme);
  const items = new Map(Object.entries(objectsIn(objectIn(source, 'paths'))));
  for (const { path, method, operation, demands } of guarded) {
    const { words, requirement } = demands;
    const refusals = refusalResponses(words, requirement, settings.challenge);
    const described = describeOperation(operation, { demands, security, refusals, source });
    items.set(path, { ...items.get(path), [method]: described });
  }
  const paths = { ...objectIn(source, 'paths'), ...Object.fromEntries(items) };
  const components = objectIn(source, 'components');
  const schemas = { ...objectIn(components, 'schemas'), [PROBLEM_SCHEMA]: problemSchema() };
  const securitySchemes = security.schemes();
  return { ...document, paths, components: { ...components, schemas, securitySchemes } };
}

interface FoundOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: JsonObject;
  /** The routes that it is about. */
  readonly found: readonly Route[];
}

function operationsOf(source: JsonObject, paths: DocumentPaths): readonly FoundOperation[] {
  return Object.entries(objectsIn(objectIn(source, 'paths'))).flatMap(([path, item]) =>
    Object.entries(objectsIn(item))
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({
        path,
        method,
        operation,
        found: paths.routesOf(method, path),
      })),
  );
}

/** A guarded route that is not recognised would look like an open one. */
function refuseForeign(operations: readonly FoundOperation[]): void {
  const foreign = operations.filter(({ found }) => found.length === 0);
  if (foreign.length === 0) return;
  const names = foreign.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  if (foreign.length === operations.length) {
    throw new TypeError(
      'Cannot describe step-up as no operation of the document is a route of the app: call ' +
        'describeStepUp() after setGlobalPrefix() and enableVersioning(), and with ' +
        `ignoreGlobalPrefix: true where the document was made so: current value is ${names[0]}`,
    );
  }
  new Logger('StepUp').warn(
    `Cannot describe what ${names.join(', ')} of the OpenAPI document demands of the caller as it ` +
      'is no route of a controller',
  );
}

/** What is in force on the app's routes, from where the guard reads it. */
function stepUpOf(app: Pick<INestApplicationContext, 'get'>): {
  readonly routes: readonly Route[];
  readonly settings: StepUpSettings;
} {
  let table: RouteTable;
  let settings: StepUpSettings;
  try {
    table = app.get(RouteTable, { strict: false });
    settings = app.get<StepUpSettings>(STEP_UP_SETTINGS, { strict: false });
  } catch (error) {
    const reason = 'Cannot describe step-up as the app does not import StepUpModule';
    throw new TypeError(reason, { cause: error });
  }
  return { routes: table.list(), settings };
}

function resolveOptions(options: DescribeStepUpOptions): Required<DescribeStepUpOptions> {
  const { securityScheme = 'bearer', ignoreGlobalPrefix = false, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    refuse('the options are securityScheme, ignoreGlobalPrefix', unknown);
  }
  // OpenAPI 3.0.4 §4.8.7.1: what the name of a component may be.
  if (typeof securityScheme !== 'string' || !/^[\w.-]+$/.test(securityScheme)) {
    refuse("'securityScheme' must be the name of a component", securityScheme);
  }
  if (typeof ignoreGlobalPrefix !== 'boolean') {
    refuse("'ignoreGlobalPrefix' must be true or false", ignoreGlobalPrefix);
  }
  return { securityScheme, ignoreGlobalPrefix };
}

function refuse(reason: string, value: unknown): never {
  throw new TypeError(
    `Cannot describe step-up as ${reason}: current value is ${JSON.stringify(value)}`,
  );
}
