// The document of /api/state, for the type checker only: browsers are never sent this file.

type Level = "page" | "warning" | "held" | "ok" | "nothing" | "not_enough_data";
type Unit = "share" | "points" | "number" | "days" | "whole";
type Counts = Record<string, number>;
type Bounds = [number, number];

interface Reading {
  monitor: string;
  window: string;
  state: Level;
  category: string | null;
  group: string | null;
  counts: Counts;
  value: number | null;
  interval: Bounds | null;
  level: number;
  threshold: number;
  held: boolean;
  /** The figure is of nothing: no correction was made, no vote was given. */
  idle: boolean;
  /** Decimal logarithm; null for a rule of levels. */
  evidence: number | null;
  reference: number | null;
  ratios: Record<string, number | null>;
  hint: string;
  needed: { of: string; least: number } | null;
  /** Of a parity reading: the groups of its monitor and window that have too few labels. */
  too_few?: string[];
}

interface OpenAlert {
  fingerprint: string;
  severity: "page" | "warning";
  monitor: string;
  category: string | null;
  group: string | null;
  window: { name: string; start: string; end: string };
  counts: Counts;
  summary: string;
  hint: string;
  runbook: string;
  opened_at: string;
  at: string;
}

interface AlertStep {
  fingerprint: string;
  state: "open" | "update" | "resolved";
  severity: "page" | "warning";
  monitor: string;
  category: string | null;
  group: string | null;
  summary: string;
  opened_at: string;
  at: string;
}

interface Silence {
  monitor: string;
  why: "no_labels" | "no_probes" | "too_few" | "no_traffic" | "no_reference" | "nothing";
  of: string;
  have: number;
  least: number;
}

/** Points are [hour since start, value]. */
interface Sparks {
  start: string | null;
  hours: number;
  series: Record<string, [number, number][]>;
}

/** Points are [hour since start, decisions, those to review]. */
interface Trend {
  start: string | null;
  hours: number;
  series: Record<string, [number, number, number][]>;
}

interface ConsoleState {
  format: number;
  at: string;
  model_version: string;
  newest: string | null;
  per_second: number;
  lag: number | null;
  late: number;
  expired: number;
  categories: Record<string, string>;
  monitors: Record<string, { figure: string; about: string; unit: Unit; limit: string }>;
  groups: Record<string, string>;
  windows: { name: string; start: string | null; end: string | null; decisions: number }[];
  readings: Reading[];
  alerts: OpenAlert[];
  confidence: Record<string, number[]>;
  trend: Trend;
  limits: { review_rate: number; confidence_median: number; warn_evidence: number; page_evidence: number };
  workers: { last_reported: string | null; waiting: number | null; partitions: number };
  kafka: { answers: boolean; since: string | null };
  judged: { monitors: number; judging: number; silent: Silence[]; last_label: string | null; labels: number };
  history: AlertStep[];
  sparks: Sparks;
}

/** What an element is made of; what is null, undefined or false is left out. */
type Child = Node | string | null | undefined | false | Child[];

/** Something that keeps the figures from being what a reader takes them for. */
interface Concern {
  key: string;
  level: "page" | "warning";
  /** Part of the headline: "no worker has reported for 4 min". */
  brief: string;
  /** A sentence or two with what to do. */
  text: string;
  /** Page below runbooks/, or empty. */
  runbook: string;
}
