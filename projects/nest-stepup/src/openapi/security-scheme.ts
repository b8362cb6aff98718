import type { AccessToken } from 'nest-stepup';
import { isJsonObject, type JsonObject } from '../json-object.js';
import { objectIn } from './document-members.js';

/**
 * How a document says that an access token is needed.
 *
 * @see [OpenAPI §4.8.30](https://spec.openapis.org/oas/v3.0.4.html#security-requirement-object)
 */
export class SecurityScheme {
  private readonly known: JsonObject;

  /**
   * @param name Of the scheme in the document.
   * @param scheme In which tokens are presented.
   * @throws {TypeError} When the document has a scheme of this name that is not for access tokens.
   */
  constructor(
    private readonly document: JsonObject,
    private readonly name: string,
    private readonly scheme: AccessToken['scheme'],
  ) {
    const components = objectIn(document, 'components');
    this.known = objectIn(components, 'securitySchemes');
    if (Object.hasOwn(this.known, name) && !this.isForTokens(name)) {
      throw new TypeError(
        `Cannot describe step-up as the document's security scheme ${JSON.stringify(name)} is not ` +
          "for access tokens: give 'securityScheme' another name",
      );
    }
  }

  /** The document's security schemes, with this one among them. */
  schemes(): JsonObject {
    if (Object.hasOwn(this.known, this.name)) return this.known;
    return { ...this.known, [this.name]: { type: 'http', scheme: this.scheme.toLowerCase() } };
  }

  /**
   * What an operation demands when a token is needed besides what it names itself, or what the
   * document names for all.
   *
   * @param isOptional Whether some requests need none.
   */
  requirementsOf(operation: JsonObject, isOptional: boolean): readonly JsonObject[] {
    const declared = operation.security ?? this.document.security;
    const alternatives: readonly unknown[] = Array.isArray(declared) ? declared : [];
    const others = alternatives.filter(isJsonObject);
    const withToken = (others.length > 0 ? others : [{}]).map((requirement) =>
      Object.keys(requirement).some((name) => this.isForTokens(name))
        ? requirement
        : { ...requirement, [this.name]: [] },
    );
    return unique(isOptional ? [...withToken, {}] : withToken);
  }

  private isForTokens(name: string): boolean {
    if (!Object.hasOwn(this.known, name)) return name === this.name;
    const { type, scheme } = objectIn(this.known, name);
    if (type === 'oauth2' || type === 'openIdConnect') return true;
    return type === 'http' && ['bearer', 'dpop'].includes(String(scheme).toLowerCase());
  }
}

function unique(requirements: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(requirements.map((each) => [JSON.stringify(each), each])).values()];
}
