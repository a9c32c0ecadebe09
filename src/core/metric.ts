/**
 * What a part of the server says of itself in figures, as plain data: `GET /metrics` writes it down. Names, types and
 * labels as Prometheus has them (https://prometheus.io/docs/practices/naming/).
 */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram, which has three kinds of samples. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** A value that goes up and down; a number stands for one sample without labels. */
export const gauge = (name: string, help: string, value: number | readonly Sample[]): Metric => ({
  name,
  help,
  type: 'gauge',
  samples: samplesOf(value),
});

/** A value that is known elsewhere and only grows while the server runs. */
export const counter = (name: string, help: string, value: number | readonly Sample[]): Metric => ({
  ...gauge(name, help, value),
  type: 'counter',
});

const samplesOf = (value: number | readonly Sample[]): readonly Sample[] =>
  typeof value === 'number' ? [{ labels: {}, value }] : value;
