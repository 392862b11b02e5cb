// The messages of internal/session/protocol.go, for the type checker.

export interface Request {
  op: string;
  seq?: number;
  draw?: string;
  light?: boolean;
  link?: string;
  id?: string;
  name?: string;
  block?: number;
  snapshot?: string;
  text?: string;
  uvw?: [number, number, number];
  hkl?: [number, number, number];
  step?: number;
  short?: boolean;
  x?: number;
  y?: number;
  radius?: number;
  deg?: number;
  to?: number;
  factor?: number;
  fit?: boolean;
  dir?: string;
  phase?: string;
  shift?: boolean;
  twist?: boolean;
  detent?: boolean;
  clear?: boolean;
  between?: boolean;
  set?: Patch;
  sort?: string;
  desc?: boolean;
  filter?: string;
  offset?: number;
  limit?: number;
  kind?: string;
  export?: ExportOptions;
}

export interface Patch {
  kv?: string;
  cl?: string;
  scale?: string;
  unit?: number;
  thickness?: string;
  model?: string;
  overlays?: Record<string, boolean>;
  style?: string;
  flags?: Record<string, boolean>;
  holder?: HolderPatch;
  second?: SecondPatch;
  rings?: boolean;
  cell?: string;
}

export interface HolderPatch {
  alpha?: string;
  beta?: string;
  limitAlpha?: string;
  limitBeta?: string;
  axis?: string;
  flipAlpha?: boolean;
  flipBeta?: boolean;
  off?: boolean;
}

export interface SecondPatch {
  id?: string;
  relation?: string;
  variant?: number;
}

export interface Reply {
  seq: number;
  ok: boolean;
  error?: string;
  action?: Action;
  problems?: Problem[];
  fields?: Record<string, string>;
  need?: string;
  choices?: Choice[];
  notes?: string[];
  change?: string;
  push?: boolean;
  toast?: string;
  status?: string;
  link?: string;
  snapshot?: string;
  view?: View;
  frame?: Frame;
  zone?: ZoneReply;
  detail?: Detail;
  table?: Table;
  hits?: Hit[];
  plan?: Plan;
  poles?: Pole[];
  alt?: string;
  file?: File;
}

export interface Run {
  t: string;
  bar?: boolean;
  sub?: boolean;
  sup?: boolean;
}

export type Text = Run[];

export interface Action {
  label: string;
  request?: Request;
  do?: string;
}

export interface Problem {
  key: string;
  text: string;
  reload?: boolean;
}

export interface Choice {
  block: number;
  title: string;
  formula?: Text;
}
