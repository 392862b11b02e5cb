// The messages of package session. Made by its TestDeclarations: do not edit.

export interface Request {
  op: string;
  seq?: number;
  draw?: string;
  light?: boolean;
  size?: number;
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
  sheet?: Sheet;
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

export interface Frame {
  zone: Text;
  offAxis: string;
  distance: string;
  on: boolean;
  nearText: Text;
  uvw: [number, number, number];
  rotation: string;
  cl: string;
  zoom: string;
  bar: Bar;
  inView: number;
  empty?: boolean;
  grabbed?: Text;
  detent?: boolean;
}

export interface Bar {
  units: number;
  label: Text;
}

export interface View {
  frame: Frame;
  heading: string;
  title: string;
  summary: string;
  description: string;
  phone: Text;
  crystal: CrystalView;
  input: string;
  hint: string;
  chips: Chip[];
  hud: Text[];
  kv: string;
  thickness: string;
  scale: number;
  model: string;
  models: string[];
  waiting?: string;
  overlays: string;
  style: string;
  flags: string;
  flagsText?: string;
  legend: Legend[];
  rings?: boolean;
  cell: string;
  counts: Counts;
  empty?: string;
  notes?: string[];
  measure: MeasureView;
  holder: HolderView;
  second?: SecondView;
  detail?: Detail;
  rows: Row[];
  keys?: Record<string, string>;
  links?: Record<string, string>;
}

export interface CrystalView {
  id: string;
  name: string;
  formula: Text;
  group: Text;
  line: Text;
  source: string;
  badge: string;
  system: string;
  fourIndex: boolean;
  density: string;
  reference?: string;
  notes?: string[];
  shareable: boolean;
}

export interface Chip {
  uvw: [number, number, number];
  text: Text;
  label: string;
  pressed: boolean;
  link: string;
}

export interface Legend {
  class: string;
  text: string;
}

export interface Counts {
  inView: number;
  double: number;
  kikuchi: number;
  text: string;
}

export interface MeasureView {
  count: string;
  empty?: string;
  points: Detail[];
  angle?: string;
  ratio?: string;
  spacing?: string;
  between?: boolean;
  copy?: string;
}

export interface Detail {
  letter?: string;
  free?: boolean;
  hkl?: [number, number, number];
  label: Text;
  spoken: string;
  x: number;
  y: number;
  d: string;
  invD: string;
  angle: string;
  f?: string;
  phase?: string;
  s?: string;
  i?: string;
  xi?: string;
  family?: Text;
  forbidden?: Text;
  path?: Text;
  laue?: number;
  multiplicity?: string;
  also?: Text;
}

export interface Row {
  hkl: [number, number, number];
  label: Text;
  d: string;
  invD: string;
  f: string;
  i: string;
  s: string;
  multiplicity?: string;
}

export interface Table {
  rows: Row[];
  total: number;
  all: number;
  caption: string;
}

export interface ZoneReply {
  ok: boolean;
  uvw?: [number, number, number];
  message: Text;
  action?: Action;
}

export interface Hit {
  id: string;
  name: string;
  formula: Text;
  group: Text;
  cell: string;
  badge: string;
  mp?: string;
}

export interface Sheet {
  title: Text;
  tables: SheetTable[];
  load?: string;
  link?: string;
  linkText?: Text;
}

export interface SheetTable {
  caption: string;
  heads: Text[];
  rows: SheetRow[];
  note?: Text;
}

export interface SheetRow {
  cells: Text[];
  uvw?: [number, number, number];
  label?: string;
  link?: string;
}

export interface Pole {
  uvw: [number, number, number];
  text: Text;
  label: string;
  x: number;
  y: number;
}

export interface HolderView {
  on: boolean;
  alpha: string;
  beta: string;
  limitAlpha: string;
  limitBeta: string;
  axis: string;
  flipAlpha: boolean;
  flipBeta: boolean;
  note: string;
}

export interface Plan {
  target: Text;
  reachable: boolean;
  alpha?: string;
  beta?: string;
  travel?: string;
  message: Text;
  check: string;
  nearest: PlanZone[];
}

export interface PlanZone {
  uvw: [number, number, number];
  text: Text;
  label: string;
  alpha: string;
  beta: string;
  travel: string;
}

export interface SecondView {
  id: string;
  name: string;
  relation: string;
  text: Text;
  variant: number;
  variants: number;
  zone: Text;
  offAxis: string;
  common?: string[];
  error?: string;
}

export interface ExportOptions {
  labels?: boolean;
  bar?: boolean;
  legend?: boolean;
  caption?: boolean;
  clear?: boolean;
  outlines?: boolean;
  style?: string;
  origin?: string;
  version?: string;
}

export interface File {
  name: string;
  type: string;
  text?: string;
  toast: string;
}
