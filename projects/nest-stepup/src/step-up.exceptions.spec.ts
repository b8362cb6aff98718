import { describe, expect, it } from '@jest/globals';
import { HttpException } from '@nestjs/common';
import {
  AuthorizationServerUnreachableException,
  InsufficientUserAuthenticationException,
  InvalidRequestException,
  InvalidTokenException,
  StepUpException,
} from 'nest-stepup';
import type { UnmetRequirement } from 'stepup-core';
import { MissingTokenException, StepUpFailedException } from './step-up.exceptions.js';

const context = { scheme: 'Bearer', realm: 'api' } as const;

const RFC_6750 = 'https://www.rfc-editor.org/rfc/rfc6750#section-3';

describe('a refusal', () => {
  it.each<[string, StepUpException, object]>([
    [
      'MissingTokenException',
      new MissingTokenException(),
      {
        type: RFC_6750,
        title: 'Access token required',
        status: 401,
        detail: 'The request has no access token in its Authorization header',
      },
    ],
    [
      'InvalidRequestException',
      new InvalidRequestException('It is malformed'),
      {
        type: `${RFC_6750}.1`,
        title: 'Invalid request',
        status: 400,
        detail: 'It is malformed',
      },
    ],
    [
      'InvalidTokenException',
      new InvalidTokenException(),
      {
        type: `${RFC_6750}.1`,
        title: 'Invalid access token',
        status: 401,
        detail: 'The access token is invalid',
      },
    ],
    [
      'InsufficientUserAuthenticationException',
      new InsufficientUserAuthenticationException({ maxAge: 60 }),
      {
        type: 'https://www.rfc-editor.org/rfc/rfc9470#section-3',
        title: 'Insufficient user authentication',
        status: 401,
        detail: 'A different or more recent authentication is required',
      },
    ],
    [
      'AuthorizationServerUnreachableException',
      new AuthorizationServerUnreachableException(),
      {
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The access token cannot be verified at the moment',
      },
    ],
    [
      'StepUpFailedException',
      new StepUpFailedException(),
      {
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        detail: 'The access token could not be judged',
      },
    ],
  ])('is answered with problem details (RFC 9457 §3): %s', (name, exception, problem) => {
    expect(exception.getResponse()).toEqual(problem);
    expect(exception).toMatchObject({ name, message: exception.getResponse().detail });
    expect(exception.getStatus()).toBe(exception.getResponse().status);
  });

  it('names its scheme in lower case, as challenges that are read have it', () => {
    expect(new MissingTokenException().challenge(context)).toEqual({
      scheme: 'bearer',
      params: { realm: 'api' },
    });
  });

  it('keeps the error that led to it', () => {
    const cause = new Error('because');
    for (const exception of [
      new InvalidTokenException('refused', { cause }),
      new InsufficientUserAuthenticationException({ maxAge: 60 }, { cause }),
      new AuthorizationServerUnreachableException({ cause }),
      new StepUpFailedException({ cause }),
    ]) {
      expect(exception.cause).toBe(cause);
    }
  });

  it('carries no challenge when a new token would be of no help', () => {
    expect(new StepUpFailedException().challenge()).toBeUndefined();
    expect(new AuthorizationServerUnreachableException().challenge()).toBeUndefined();
  });
});

describe('InsufficientUserAuthenticationException', () => {
  it('is an HTTP exception with the status that filters answer', () => {
    const exception = new InsufficientUserAuthenticationException({ maxAge: 60 });
    expect(exception).toBeInstanceOf(HttpException);
    expect(exception).toBeInstanceOf(StepUpException);
    expect(exception.getStatus()).toBe(401);
    expect(exception.name).toBe('InsufficientUserAuthenticationException');
    expect(exception.message).toBe('A different or more recent authentication is required');
    expect(exception.requirement).toEqual({ maxAge: 60 });
    expect(exception.unmet).toEqual([]);
  });

  it('throws at once when the requirement is not valid', () => {
    expect(() => new InsufficientUserAuthenticationException({})).toThrow(RangeError);
    expect(() => new InsufficientUserAuthenticationException({ maxAge: -1 })).toThrow(RangeError);
    expect(() => new InsufficientUserAuthenticationException({ acrValues: [''] })).toThrow(
      RangeError,
    );
  });

  it.each(['caf\u00E9', 'a "quote"', 'back\\slash', 'line\r\nSet-Cookie: a=b', ''])(
    'throws at once for the description %j, which the header may not carry',
    (errorDescription) => {
      const options = { errorDescription };
      expect(() => new InsufficientUserAuthenticationException({ maxAge: 1 }, options)).toThrow(
        RangeError,
      );
    },
  );

  it.each<[UnmetRequirement, string]>([
    [
      { parameter: 'acr_values', reason: 'missing' },
      'The access token does not say how the user authenticated',
    ],
    [
      { parameter: 'acr_values', reason: 'not_accepted' },
      'A different authentication level is required',
    ],
    [
      { parameter: 'max_age', reason: 'missing' },
      'The access token does not say when the user authenticated',
    ],
    [{ parameter: 'max_age', reason: 'too_old' }, 'More recent authentication is required'],
    [
      { parameter: 'max_age', reason: 'in_the_future' },
      'The access token says that the user will authenticate in the future',
    ],
  ])('says of %j: %s', (unmet, message) => {
    const exception = new InsufficientUserAuthenticationException(
      { acrValues: ['gold'], maxAge: 60 },
      { unmet: [unmet] },
    );
    expect(exception.challenge(context).params['error_description']).toBe(message);
    expect(exception.unmet).toEqual([unmet]);
  });

  it('says what the evaluation found', () => {
    const { message } = new InsufficientUserAuthenticationException(
      { acrValues: ['gold'], maxAge: 60 },
      {
        unmet: [
          { parameter: 'acr_values', reason: 'missing' },
          { parameter: 'max_age', reason: 'in_the_future' },
        ],
      },
    );
    expect(message).toBe(
      'The access token does not say how the user authenticated. ' +
        'The access token says that the user will authenticate in the future',
    );
  });
});

describe('InvalidRequestException', () => {
  it.each(['parameter "id"', 'a\\b', 'a\r\nSet-Cookie: a=b', '\u2603', ''])(
    'puts a general description in the place of %j, which the header may not carry',
    (description) => {
      const exception = new InvalidRequestException(description);
      expect(exception.getResponse().detail).toBe('The request is malformed');
      expect(exception.challenge(context).params).toEqual({
        realm: 'api',
        error: 'invalid_request',
        error_description: 'The request is malformed',
      });
    },
  );
});

describe('InvalidTokenException', () => {
  it('carries a description to the caller', () => {
    const exception = new InvalidTokenException('The access token has expired');
    expect(exception.challenge(context).params).toEqual({
      realm: 'api',
      error: 'invalid_token',
      error_description: 'The access token has expired',
    });
    expect(exception.getResponse()).toMatchObject({ detail: 'The access token has expired' });
  });

  it.each(['unexpected "aud" claim', 'a\\b', 'a\nb', '\u00E9', '', 'x'.repeat(201)])(
    'puts a general description in the place of %j',
    (description) => {
      const exception = new InvalidTokenException(description);
      expect(exception.message).toBe('The access token is invalid');
      expect(exception.challenge(context).params['error_description']).toBe(exception.message);
    },
  );
});

describe('AuthorizationServerUnreachableException', () => {
  it.each([
    [undefined, 5],
    [0, 1],
    [-3, 1],
    [2.1, 3],
    [Number.NaN, 5],
    [Infinity, 5],
  ])('asks for %s seconds of patience as %s', (retryAfterSeconds, expected) => {
    const exception = new AuthorizationServerUnreachableException(
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    );
    expect(exception.getStatus()).toBe(503);
    expect(exception.retryAfterSeconds).toBe(expected);
    expect(exception.challenge()).toBeUndefined();
  });
});
