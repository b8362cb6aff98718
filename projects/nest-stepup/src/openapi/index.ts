export { describeStepUp } from './describe-step-up.js';
export type { DescribeStepUpOptions, OpenApiDocument } from './describe-step-up.js';
