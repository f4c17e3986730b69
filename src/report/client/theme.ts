const STORE_KEY = 'wus-theme';

/** Colours of the current theme, read from the style sheet. */
export interface ThemeColors {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly lineSoft: string;
  readonly card: string;
  readonly gain: string;
  readonly loss: string;
  readonly accent: string;
  readonly series: readonly string[];
}

/** Reads the colours that apply now. */
export function themeColors(): ThemeColors {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: color('--ink'),
    soft: color('--soft'),
    line: color('--line'),
    lineSoft: color('--line-soft'),
    card: color('--card'),
    gain: color('--gain'),
    loss: color('--loss'),
    accent: color('--accent'),
    series: [color('--s1'), color('--s2'), color('--s3'), color('--s4')],
  };
}

/**
 * Wires the theme button; the choice is remembered where the browser allows it.
 *
 * @param onChange - Called after every change, the system's included.
 */
export function setUpTheme(onChange: () => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean =>
    root.dataset.theme === undefined ? system.matches : root.dataset.theme === 'dark';
  const button = document.getElementById('theme-toggle');
  const label = (): void => {
    if (button) button.textContent = isDark() ? 'Light' : 'Dark';
  };
  system.addEventListener('change', () => {
    label();
    onChange();
  });
  label();
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem(STORE_KEY, root.dataset.theme);
    } catch {
      // Some browsers keep no storage for local files: the choice then lasts until the page is closed.
    }
    label();
    onChange();
  });
}
