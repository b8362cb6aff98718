import { describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  HttpException,
  UseFilters,
  type ExceptionFilter,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { InvalidTokenException, StepUpException } from 'nest-stepup';
import { ADAPTERS, startApp } from './spec/start-app.js';

class QuotaException extends HttpException {}

/** How many interceptors an app has for all its routes whose controller has a filter. */
async function interceptorsWith(filter: ExceptionFilter | Type<ExceptionFilter>): Promise<number> {
  @Controller()
  @UseFilters(filter)
  class FilteredController {
    @Get()
    list() {
      return [];
    }
  }
  const app = await startApp({ adapter: ADAPTERS[0], controllers: [FilteredController] });
  const count = app.app.get(ApplicationConfig).getGlobalInterceptors().length;
  await app.close();
  return count;
}

type Caught = Parameters<typeof Catch>;

function filterOf(...types: Caught): Type<ExceptionFilter> {
  @Catch(...types)
  class OwnFilter implements ExceptionFilter {
    catch() {
      return undefined;
    }
  }
  return OwnFilter;
}

describe('OwnFilters', () => {
  it.each<[string, Caught]>([
    ['everything', []],
    ['any HTTP exception', [HttpException]],
    ['any error', [QuotaException, Error]],
    ['refusals', [StepUpException]],
    ['one kind of refusal', [InvalidTokenException]],
  ])('keeps the headers where a filter catches %s', async (_, types) => {
    const OwnFilter = filterOf(...types);
    await expect(interceptorsWith(OwnFilter)).resolves.toBe(1);
    await expect(interceptorsWith(new OwnFilter())).resolves.toBe(1);
  });

  it('costs an app nothing whose filters never see a refusal', async () => {
    const OwnFilter = filterOf(QuotaException, RangeError);
    await expect(interceptorsWith(OwnFilter)).resolves.toBe(0);
    await expect(interceptorsWith(new OwnFilter())).resolves.toBe(0);
  });

  it('keeps the headers where one handler of one controller has a filter', async () => {
    @Controller('plain')
    class PlainController {
      readonly name = 'plain';
    }
    @Controller('filtered')
    class FilteredController {
      static readonly limit = 1;

      @Get()
      @UseFilters(filterOf())
      list() {
        return [];
      }
    }
    const controllers = [PlainController, FilteredController];
    const app = await startApp({ adapter: ADAPTERS[0], controllers });
    expect(app.app.get(ApplicationConfig).getGlobalInterceptors()).toHaveLength(1);
    await app.close();
  });
});
