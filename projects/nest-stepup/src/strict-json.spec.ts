import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, jsonValue, pre, property, string } from 'fast-check';
import { parseStrictJson } from './strict-json.js';

describe('parseStrictJson()', () => {
  it('reads what JSON.stringify() writes', () => {
    assert(
      property(jsonValue({ maxDepth: 8 }), constantFrom(0, 2), (value, indent) => {
        pre(!JSON.stringify(value).includes('"__proto__"'));
        expect(parseStrictJson(JSON.stringify(value, null, indent))).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  it('finds a repeated name wherever it is', () => {
    assert(
      property(string(), jsonValue({ maxDepth: 3 }), (name, value) => {
        const [key, item] = [JSON.stringify(name), JSON.stringify(value)];
        const twice = `{${key}:${item},"other":[{}],${key}:${item}}`;
        for (const text of [twice, `[1,${twice}]`, `{"a":{"b":"}"},"c":${twice}}`]) {
          expect(() => parseStrictJson(text)).toThrow(SyntaxError);
        }
      }),
    );
  });

  it.each([
    ['two spellings of one name', '{"a":1,"\\u0061":2}'],
    ['a name that ends with a backslash', '{"a\\\\":1,"a\\\\":2}'],
    ['a name with a quote', '{"\\"":1,"\\"":2}'],
    ['the empty name', '{"":1,"":2}'],
    ['__proto__', '{"__proto__":1}'],
    ['__proto__ in disguise', '[{"\\u005f_proto__":{}}]'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
  ])('refuses %s', (_name, text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError);
  });

  it.each([
    ['one name in two objects', '[{"a":1},{"a":2},{"b":{"a":1},"a":2}]'],
    ['a name that is also a value', '{"a":"a","b":["a","a"]}'],
    ['names in a text', '{"a":"{\\"a\\":1,\\"a\\":2}"}'],
    ['names of Object.prototype', '{"constructor":1,"toString":2}'],
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
  ])('takes %s', (_name, text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });
});
