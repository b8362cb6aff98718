import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { create } from 'qrcode';

import { QR_ENCODER_LOADER } from './qr-encoder';
import { drawQrCode } from './qr-picture';
import { StepUpQrCode } from './step-up-qr-code';

const TEXT = 'https://bank.example.com/auth/oidc/bc-authorize?session=a1b2c3';

/** Reads the squares that a path of `M x y h n v1 h-n z` parts covers. */
function darkModulesOf(path: string, side: number): readonly boolean[] {
  const modules = Array.from({ length: side * side }, () => false);
  for (const [, x, y, length, back] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
    expect(back).toBe(length);
    modules.fill(true, Number(y) * side + Number(x), Number(y) * side + Number(x) + Number(length));
  }
  return modules;
}

/** What the encoder made of a text, with four light modules around it. */
function expectedModules(text: string): { readonly side: number; readonly modules: boolean[] } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 8;
  return {
    side,
    modules: Array.from({ length: side * side }, (_, index) => {
      const [row, column] = [Math.floor(index / side) - 4, (index % side) - 4];
      const isInside = [row, column].every((at) => at >= 0 && at < modules.size);
      return isInside && !!modules.get(row, column);
    }),
  };
}

async function show(
  text: string,
  load?: () => Promise<unknown>,
): Promise<{
  readonly element: HTMLElement;
  readonly change: (text: string) => Promise<void>;
  readonly settle: () => Promise<void>;
}> {
  if (load) {
    TestBed.configureTestingModule({ providers: [{ provide: QR_ENCODER_LOADER, useValue: load }] });
  }
  const fixture = TestBed.createComponent(StepUpQrCode);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await new Promise((resolve) => setTimeout(resolve));
      fixture.detectChanges();
    }
  };
  fixture.componentRef.setInput('label', 'A QR code');
  fixture.componentRef.setInput('missing', 'It says:');
  const change = async (next: string): Promise<void> => {
    fixture.componentRef.setInput('text', next);
    fixture.detectChanges();
    await settle();
  };
  await change(text);
  return { element: fixture.nativeElement as HTMLElement, change, settle };
}

describe('drawQrCode()', () => {
  it.each([TEXT, 'a', 'x'.repeat(500), 'Grüße, 世界'])('draws each module of %p', (text) => {
    const { side, modules } = expectedModules(text);
    const picture = drawQrCode(create(text, { errorCorrectionLevel: 'M' }).modules);
    expect(picture.viewBox).toBe(`0 0 ${side} ${side}`);
    expect(picture.light).toBe(`M0 0h${side}v${side}H0z`);
    expect(darkModulesOf(picture.dark, side)).toStrictEqual(modules);
  });
});

describe('StepUpQrCode', () => {
  const warn = jest.spyOn(console, 'warn');
  beforeEach(() => void warn.mockImplementation(() => undefined));
  afterEach(() => void warn.mockReset());

  it('shows the text as a picture with a label', async () => {
    const { element } = await show(TEXT);
    const svg = element.querySelector('svg');
    const { side, modules } = expectedModules(TEXT);
    expect(svg?.getAttribute('role')).toBe('img');
    expect(svg?.getAttribute('aria-label')).toBe('A QR code');
    expect(svg?.getAttribute('viewBox')).toBe(`0 0 ${side} ${side}`);
    const dark = svg?.querySelector('.stepup-dialog__qr-dark')?.getAttribute('d') ?? '';
    expect(darkModulesOf(dark, side)).toStrictEqual(modules);
  });

  it('is made of elements alone: no inline style, no data: image', async () => {
    const { element } = await show(TEXT);
    expect(element.innerHTML).toContain('<svg');
    expect(element.innerHTML).not.toMatch(/style=|data:|<img|<image/);
  });

  it('follows its text', async () => {
    const { element, change } = await show(TEXT);
    await change('another');
    const { side, modules } = expectedModules('another');
    const dark = element.querySelector('.stepup-dialog__qr-dark')?.getAttribute('d') ?? '';
    expect(darkModulesOf(dark, side)).toStrictEqual(modules);
  });

  it.each([
    ['the library cannot be loaded', TEXT, () => Promise.resolve(undefined)],
    ['loading it fails', TEXT, () => Promise.reject(new Error('offline'))],
    ['the text is too long for a code', 'x'.repeat(5000), undefined],
  ])('shows the text itself when %s', async (_, text, load) => {
    const { element } = await show(text, load);
    expect(element.querySelector('svg')).toBeNull();
    expect(element.textContent).toContain('It says:');
    expect(element.textContent).toContain(text);
  });

  it('warns once that the library is not installed', async () => {
    const { change } = await show(TEXT, () => Promise.resolve(undefined));
    await change('another');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('npm install qrcode'));
  });

  it('does not warn when the library is there, or loading it fails', async () => {
    const { change } = await show(TEXT);
    await change('x'.repeat(5000));
    TestBed.resetTestingModule();
    await show(TEXT, () => Promise.reject(new Error('offline')));
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not show an older text that is drawn later', async () => {
    let finish!: (encoder: unknown) => void;
    let loads = 0;
    const { element, change, settle } = await show('old', () => {
      loads += 1;
      return loads === 1
        ? new Promise((resolve) => {
            finish = resolve;
          })
        : import('qrcode');
    });
    await change('new');
    finish(await import('qrcode'));
    await settle();
    const { side, modules } = expectedModules('new');
    const dark = element.querySelector('.stepup-dialog__qr-dark')?.getAttribute('d') ?? '';
    expect(darkModulesOf(dark, side)).toStrictEqual(modules);
  });
});
