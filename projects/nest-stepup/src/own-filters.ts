import { Injectable } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { StepUpException } from './step-up.exceptions.js';
import { StepUpFilter } from './step-up.filter.js';
import { StepUpInterceptor } from './step-up.interceptor.js';

// The metadata keys of Nest's own @UseFilters() and @Catch().
const FILTERS = '__exceptionFilters__';
const CAUGHT = '__filterCatchExceptions__';

/**
 * Looks for exception filters of the app's own. One of them may answer a refusal instead of ours,
 * so the challenge has to be on the response before.
 */
@Injectable()
export class OwnFilters {
  constructor(
    private readonly config: ApplicationConfig,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly interceptor: StepUpInterceptor,
  ) {}

  /** Adds the interceptor for all routes if there are any. Its price is not for every app to pay. */
  keepHeaders(): void {
    if (this.areGlobal() || this.areOnControllers()) {
      this.config.addGlobalInterceptor(this.interceptor);
    }
  }

  private areGlobal(): boolean {
    return (
      this.config.getGlobalFilters().some((filter) => !(filter instanceof StepUpFilter)) ||
      this.config.getGlobalRequestFilters().length > 0
    );
  }

  private areOnControllers(): boolean {
    return this.discovery.getControllers().some(({ metatype }) => {
      if (typeof metatype !== 'function') return false;
      const methods: Readonly<Record<string, unknown>> = metatype.prototype;
      const handlers = this.scanner.getAllMethodNames(methods).map((name) => methods[name]);
      return [metatype, ...handlers].some(
        (target) => typeof target === 'function' && filtersOn(target).some(mayCatchRefusals),
      );
    });
  }
}

function filtersOn(target: Function): readonly unknown[] {
  const filters: readonly unknown[] | undefined = Reflect.getMetadata(FILTERS, target);
  return filters ?? [];
}

/** Whether a filter, a class or an instance, is for refusals too, or for all exceptions. */
function mayCatchRefusals(filter: unknown): boolean {
  const type: unknown = typeof filter === 'function' ? filter : Object(filter).constructor;
  const caught: readonly unknown[] =
    typeof type === 'function' ? (Reflect.getMetadata(CAUGHT, type) ?? []) : [];
  return caught.length === 0 || caught.some((one) => typeof one !== 'function' || isAkin(one));
}

function isAkin(caught: Function): boolean {
  const { prototype } = caught;
  if (caught === StepUpException || prototype instanceof StepUpException) return true;
  return StepUpException.prototype instanceof caught;
}
