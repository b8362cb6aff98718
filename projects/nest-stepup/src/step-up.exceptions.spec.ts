import { describe, expect, it } from '@jest/globals';
import { HttpException } from '@nestjs/common';
import {
  AuthorizationServerUnreachableException,
  InsufficientUserAuthenticationException,
  InvalidRequestException,
  InvalidTokenException,
  StepUpException,
} from 'nest-stepup';

const context = { scheme: 'Bearer', realm: 'api' } as const;

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

  it('keeps the error that led to it', () => {
    const cause = new Error('signature');
    expect(new InvalidTokenException(undefined, { cause }).cause).toBe(cause);
  });
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
