import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CurrentAuthentication,
  InvalidTokenException,
  MaxAge,
  StepUpModule,
  type Authentication,
} from 'nest-stepup';
import { FakeTokenVerifier, overrideStepUp } from 'nest-stepup/testing';
import { createTestClock } from 'stepup-core/testing';
import request from 'supertest';

@Controller('statements')
class StatementsController {
  @Get()
  @MaxAge(300)
  list(@CurrentAuthentication() { subject }: Authentication) {
    return { subject };
  }
}

@Module({
  imports: [StepUpModule.forRoot({ verifier: new FakeTokenVerifier() })],
  controllers: [StatementsController],
})
class AppModule {}

describe('overrideStepUp()', () => {
  it('lets a test of an app decide who is signed in, and what time it is', async () => {
    const verifier = new FakeTokenVerifier();
    const clock = createTestClock();
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const testing = await overrideStepUp(builder, { verifier, now: clock.now }).compile();
    const app = testing.createNestApplication({ logger: false });
    await app.init();
    const token = verifier.issue({ subject: 'alice', authTime: clock.now() });
    const get = () =>
      request(app.getHttpServer()).get('/statements').set('Authorization', `Bearer ${token}`);

    await get().expect(200, { subject: 'alice' });
    clock.advance(306);
    await get()
      .expect(401)
      .expect(
        'WWW-Authenticate',
        'Bearer realm="api", error="insufficient_user_authentication", ' +
          'error_description="More recent authentication is required", max_age="300"',
      );
    await app.close();
  });
});

describe('FakeTokenVerifier', () => {
  const scheme = 'Bearer';

  it('accepts the tokens that it issued until they are revoked', async () => {
    const verifier = new FakeTokenVerifier();
    const authentication = { subject: 'alice' };
    const value = verifier.issue(authentication);
    await expect(verifier.verify({ value, scheme })).resolves.toBe(authentication);
    verifier.revoke(value);
    await expect(verifier.verify({ value, scheme })).rejects.toThrow(InvalidTokenException);
  });

  it('refuses all others', async () => {
    const verifier = new FakeTokenVerifier();
    for (const value of ['alice', '__proto__', 'constructor']) {
      await expect(verifier.verify({ value, scheme })).rejects.toThrow(InvalidTokenException);
    }
  });

  it('fails with the error that a test gives, until it is told to stop', async () => {
    const verifier = new FakeTokenVerifier();
    const value = verifier.issue({});
    verifier.failWith(() => new Error('down'));
    await expect(verifier.verify({ value, scheme })).rejects.toThrow('down');
    verifier.failWith();
    await expect(verifier.verify({ value, scheme })).resolves.toEqual({});
  });
});
