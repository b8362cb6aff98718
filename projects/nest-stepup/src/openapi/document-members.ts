import { isJsonObject, type JsonObject } from '../json-object.js';

/** A member that is an object; an empty one where there is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}

/** All members that are objects. */
export function objectsIn(object: JsonObject): Readonly<Record<string, JsonObject>> {
  const members = Object.entries(object).filter((member): member is [string, JsonObject] =>
    isJsonObject(member[1]),
  );
  return Object.fromEntries(members);
}

/** What a value is, or what it refers to in the same document; nothing where that is no object. */
export function resolve(value: unknown, document: JsonObject): JsonObject | undefined {
  let found: unknown = value;
  // A reference may lead to another one, and a wrong one to itself.
  for (let step = 0; step < MAX_REFERENCES; step++) {
    if (!isJsonObject(found)) return undefined;
    const { $ref: reference } = found;
    if (typeof reference !== 'string') return found;
    if (!reference.startsWith('#/')) return undefined;
    found = reference
      .slice('#/'.length)
      .split('/')
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<JsonObject>((object, token) => objectIn(object, token), document);
  }
  return undefined;
}

const MAX_REFERENCES = 8;
