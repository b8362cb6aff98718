/**
 * What is wrong with an OpenAPI 3 document by its structure: required members, references, security
 * schemes, examples.
 *
 * @see [OpenAPI 3.0.4](https://spec.openapis.org/oas/v3.0.4.html)
 */
export function faultsOf(document: object): readonly string[] {
  const root = members(document);
  const faults: string[] = [];
  const fault = (place: string, text: string) => faults.push(`${place}: ${text}`);

  if (!/^3\.[01]\.\d+$/.test(String(root.openapi))) fault('openapi', 'is not 3.0 or 3.1');
  const { title, version } = members(root.info);
  if (typeof title !== 'string' || typeof version !== 'string') fault('info', 'lacks a member');
  visitReferences(root, '#', (place, reference) => {
    if (!isThere(root, reference)) fault(place, `refers to nothing: ${reference}`);
  });

  const schemes = members(members(root.components).securitySchemes);
  for (const [name, scheme] of Object.entries(schemes)) {
    const { type, scheme: http } = members(scheme);
    if (type === 'http' && typeof http !== 'string') fault(name, 'is an http scheme of no name');
  }
  for (const [path, item] of Object.entries(members(root.paths))) {
    if (!path.startsWith('/')) fault(path, 'does not begin with a slash');
    for (const [method, operation] of Object.entries(members(item))) {
      checkOperation(`${method} ${path}`, members(operation), Object.keys(schemes), fault);
    }
  }
  return faults;
}

type Members = Readonly<Record<string, unknown>>;
type Report = (place: string, text: string) => void;

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function checkOperation(
  place: string,
  { responses, security }: Members,
  schemes: readonly string[],
  fault: Report,
): void {
  const entries = Object.entries(members(responses));
  if (entries.length === 0) fault(place, 'has no response');
  for (const [status, value] of entries) {
    const response = members(value);
    if (!/^([1-5]\d\d|[1-5]XX|default)$/.test(status)) fault(place, `has a status ${status}`);
    if (typeof response.$ref === 'string') continue;
    if (typeof response.description !== 'string') fault(place, `${status} is not described`);
    for (const [name, header] of Object.entries(members(response.headers))) {
      checkValue(`${place} ${status} ${name}`, members(header), fault);
      if (members(header).schema === undefined) fault(place, `${name} has no schema`);
    }
    for (const [type, media] of Object.entries(members(response.content))) {
      if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) fault(place, `${type} is no media type`);
      checkValue(`${place} ${status} ${type}`, members(media), fault);
    }
  }
  if (security !== undefined && !Array.isArray(security)) fault(place, 'security is no list');
  for (const requirement of Array.isArray(security) ? security : []) {
    for (const [name, scopes] of Object.entries(members(requirement))) {
      if (!schemes.includes(name)) fault(place, `demands a scheme that is not there: ${name}`);
      if (!Array.isArray(scopes)) fault(place, `${name} has no list of scopes`);
    }
  }
}

/** What headers and media types have in common. */
function checkValue(place: string, { example, examples }: Members, fault: Report): void {
  if (example !== undefined && examples !== undefined) fault(place, 'has both kinds of examples');
  for (const [name, each] of Object.entries(members(examples))) {
    if (members(each).value === undefined) fault(place, `the example ${name} has no value`);
  }
}

function visitReferences(value: unknown, place: string, visit: Report): void {
  for (const [name, member] of Object.entries(members(value))) {
    if (name === '$ref' && typeof member === 'string') visit(place, member);
    else visitReferences(member, `${place}/${name}`, visit);
  }
}

function isThere(root: Members, reference: string): boolean {
  if (!reference.startsWith('#/')) return true;
  const path = reference.slice('#/'.length).split('/');
  return path.reduce<unknown>((found, name) => members(found)[name], root) !== undefined;
}
