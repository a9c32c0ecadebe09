/** The kinds of settings: how each is written, and what it must be. */

export type SettingValue = string | number | boolean | undefined;

export interface Setting<T extends SettingValue> {
  readonly description: string;
  /** Shown in --help, such as `PORT`; absent for a switch. */
  readonly placeholder?: string;
  readonly default: T;
  /** Undefined when the text is not a value of this setting. */
  readonly parse: (text: string) => T | undefined;
  /** What a value must be, for the message that refuses one. */
  readonly expected: string;
  /** A variable of devpilot-agent that means the same; ours takes precedence. */
  readonly inheritedName?: string;
}

/** The settings of one room, by name. */
export type SettingGroup = Readonly<Record<string, Setting<SettingValue>>>;

/** Their values. */
export type SettingsOf<Group extends SettingGroup> = {
  readonly [Name in keyof Group]: Group[Name] extends Setting<infer T> ? T : never;
};

export const integer = (
  placeholder: string,
  fallback: number,
  min: number,
  max: number,
  description: string,
): Setting<number> => ({
  description,
  placeholder,
  default: fallback,
  parse: (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
  expected: `a whole number from ${min} to ${max}`,
});

export const optional = <T extends SettingValue>(setting: Setting<T>): Setting<T | undefined> => ({
  ...setting,
  default: undefined,
});

export const seconds = (fallback: number, max: number, description: string): Setting<number> => ({
  description,
  placeholder: 'SECONDS',
  default: fallback,
  parse: (text) => {
    const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : undefined;
  },
  expected: `a number of seconds from 0 to ${max}`,
});

export const text = <T extends string | undefined>(
  placeholder: string,
  fallback: T,
  description: string,
): Setting<string | T> => ({
  description,
  placeholder,
  default: fallback,
  parse: (value) => (value === '' ? undefined : value),
  expected: 'a string that is not empty',
});

export const oneOf = <const T extends string>(values: readonly [T, ...T[]], description: string): Setting<T> => ({
  description,
  placeholder: values.join('|'),
  default: values[0],
  parse: (value) => values.find((one) => one === value),
  expected: `one of ${values.join(', ')}`,
});

export const toggle = (description: string): Setting<boolean> => ({
  description,
  default: false,
  parse: (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : undefined),
  expected: 'true or false',
});

export const inherited = <T extends SettingValue>(inheritedName: string, setting: Setting<T>): Setting<T> => ({
  ...setting,
  inheritedName,
});
