/**
 * Preloaded into the demo's process (`node --import`): lets a scenario move its clock. A message
 * `{ clockOffsetSeconds }` sets how far it is ahead of the machine's.
 */
const RealDate = Date;
let offset = 0;

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + offset);
    else super(...values);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

process.on('message', ({ clockOffsetSeconds }) => {
  offset = clockOffsetSeconds * 1000;
  process.send({ clockOffsetSeconds });
});
// The demo ends on a signal, whether or not this channel is open.
process.channel?.unref();
