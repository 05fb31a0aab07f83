// The documents of /api/me, /api/review and /api/learning, for the type checker only: browsers are never sent this file.

type RoleName = "viewer" | "reviewer" | "approver";

interface Me {
  name: string | null;
  role: RoleName | null;
  /** Whether the browser may name its user. */
  asks: boolean;
  /** To be sent with each write. */
  token: string;
  links: Links;
  categories: CategoryAbout[];
}

/** Addresses of the other pages: absolute, or ":9465" for another port of this machine, or empty. */
interface Links {
  fairness?: string;
  review?: string;
  learning?: string;
}

interface CategoryAbout {
  name: string;
  about: string;
}

interface Piece {
  text: string;
  methods: string[];
}

interface DeskVote {
  method: string;
  category: string;
  confidence: number;
  weight: number;
  evidence: string;
}

interface DeskAid {
  suggestions: { category: string; confidence: number }[];
  votes: DeskVote[];
}

/** What the customer can be told, in one language. */
interface CustomerWords {
  /** ISO 639-1, for the attribute `lang`. */
  code: string;
  language: string;
  text: string;
}

interface Money {
  amount: string;
  currency: string;
  direction: "in" | "out";
}

interface Task extends Money {
  id: string;
  line: Piece[];
  merchant: string | null;
  via: string | null;
  at: string;
  mcc: string | null;
  counterparty: string | null;
  channel: string | null;
  opened: string;
  /** Until the claim ends. */
  seconds: number | null;
  similar: number;
  why: string[];
  aid: DeskAid | null;
  /** Null where the reviewer is to answer without knowing what was decided. */
  customer: CustomerWords[] | null;
}

interface Like extends Money {
  id: string;
  description: string;
  at: string;
  taken: boolean;
}

interface Preview {
  count: number;
  likes: Like[];
}

interface Progress {
  answered: number;
  unknown: number;
  everyone: number;
  open: number;
  oldest: string | null;
  undoable: number;
}

interface AnsweredDocument {
  settled: number;
  category: string | null;
  /** Until the answer is final. */
  seconds: number;
  left: number;
}

interface UndoneDocument {
  task: Task | null;
  reopened: number;
  category: string | null;
  amends: boolean;
}

/** What a page is told when something was not done. */
interface RefusalDocument {
  why: string;
  say: string;
  where: string;
}

/** The learner's report: models/learned/online/reporting.py. */
interface LearnerReport {
  version: string;
  frozen: boolean;
  /** Corrections that wait for the thaw. */
  waiting: number;
  parts: Record<string, number>;
  counts: Record<string, number>;
  prequential: { drifts: number };
  lately: LearnedEntry[];
  quarantine: HeldEntry[];
  quarantine_total: number;
  proposals: ProposalEntry[];
  proposals_total: number;
  instructions: ObeyedEntry[];
  holdout: { rows: number; vetoed: string[] };
}

interface LearnedEntry {
  correction_id: string;
  merchant: string | null;
  flow: "in" | "out" | null;
  category: string | null;
  /** Null also while the answer can be taken back. */
  decided: string | null;
  /** Null: many accounts. */
  actor: string | null;
  standing: string;
  at: string;
}

interface HeldEntry extends LearnedEntry {
  reason: string;
}

interface ProposalEntry {
  proposal_id: string;
  merchant: string;
  flow: "in" | "out";
  category: string;
  agreeing: number;
  accounts: number;
}

/** What became of an instruction: models/learned/online/entries.py. */
interface ObeyedEntry {
  instruction_id: string;
  action: string;
  status: string;
  reason: string;
}

interface LearningDocument {
  at: string;
  /** Reason of a quarantine to words. */
  held: Record<string, string>;
  report: LearnerReport | null;
  accuracy: Accuracy[];
}

interface Accuracy {
  of: string;
  right: number;
  scored: number;
  share: number;
  /** Of Wilson, at 95%. */
  interval: Bounds;
}
