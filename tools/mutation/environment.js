/** Node, for one mutant: the first test that fails has killed it, and the rest is skipped. */
import { TestEnvironment } from 'jest-environment-node';

export default class MutantEnvironment extends TestEnvironment {
  #skips;
  #isKilled = false;

  constructor(config, context) {
    super(config, context);
    const { skips } = config.projectConfig.testEnvironmentOptions;
    this.#skips = skips && new RegExp(skips);
  }

  handleTestEvent(event) {
    if (event.name === 'test_done') this.#isKilled ||= event.test.errors.length > 0;
    if (event.name === 'test_start' && this.#isKilled) event.test.mode = 'skip';
    if (event.name === 'run_describe_start') {
      const { describeBlock } = event;
      if (this.#isKilled || this.#skips?.test(describeBlock.name)) describeBlock.mode = 'skip';
    }
  }
}
