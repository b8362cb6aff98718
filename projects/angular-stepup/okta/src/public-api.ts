// Providing
export { withOkta } from './with-okta';
export type { OktaStepUpOptions } from './okta-step-up-handler';

// The way back from a redirect
export { oktaCallbackRoute } from './okta-callback';

// Types of an OktaAuth in the signatures above
export type {
  OktaAuthLike,
  OktaAuthLikeOptions,
  OktaIdToken,
  OktaToken,
  OktaTokenApi,
  OktaTokenManager,
  OktaTokenRequest,
  OktaTokens,
} from './okta-auth-like';
