import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { t } from './strings/strings';

/** The ink of the product. White on shade 7 and shade 3 on dark grey both pass WCAG AA for text. */
const ink: MantineColorsTuple = [
  '#eef2ff',
  '#dde4fb',
  '#b9c6f3',
  '#93a6ec',
  '#718ae6',
  '#5873de',
  '#4159d3',
  '#324ac7',
  '#2a3ea8',
  '#22328a',
];

/** The greys of the dark scheme, as blue as its surfaces are. */
const dark: MantineColorsTuple = [
  '#c6cad3',
  '#b4b9c4',
  '#8f96a5',
  '#6f7686',
  '#3d434f',
  '#30343d',
  '#252932',
  '#1c1f25',
  '#16181d',
  '#111317',
];

export const theme = createTheme({
  primaryColor: 'ink',
  colors: { ink, dark },
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Plain objects: the components themselves are loaded by those pages alone that show them.
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // The library's placeholder for the first focus is a child that a menu may not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': t.common.showPassword } } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 } },
    },
  },
});
