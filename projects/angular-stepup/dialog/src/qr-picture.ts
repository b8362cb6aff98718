/** Squares of a QR code, row by row: `1` is dark. */
export interface QrModules {
  readonly size: number;
  readonly data: ArrayLike<number>;
}

/** A QR code as an SVG picture, one unit a module. */
export interface QrPicture {
  readonly viewBox: string;
  /** Path of all that is light: the ground with its quiet zone, which dark pages lack. */
  readonly light: string;
  /** Path of the dark modules. */
  readonly dark: string;
}

/** ISO/IEC 18004: a code that has less light around it may not be found. */
const QUIET_ZONE = 4;

/** Draws a QR code, its dark modules joined row by row. */
export function drawQrCode({ size, data }: QrModules): QrPicture {
  const side = size + 2 * QUIET_ZONE;
  let dark = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const start = column;
      while (column < size && data[row * size + column]) column += 1;
      const length = column - start;
      if (length) dark += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${length}v1h-${length}z`;
    }
  }
  return { viewBox: `0 0 ${side} ${side}`, light: `M0 0h${side}v${side}H0z`, dark };
}
