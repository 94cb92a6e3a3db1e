/** Each package of `packages/`, and the packages it may import. */
export const packages = {
  tensor: [],
  distributions: ['tensor'],
  elbo: ['tensor', 'distributions'],
  nn: ['tensor'],
  train: ['tensor'],
  datasets: ['tensor'],
  onnx: ['tensor'],
  gru: ['tensor', 'nn', 'distributions', 'train'],
  vae: ['tensor', 'nn', 'distributions', 'elbo', 'train', 'gru'],
  diffusion: ['tensor', 'nn', 'distributions', 'elbo', 'train'],
}

/** What the tests of a package may import besides. */
export const inTests = {
  gru: ['datasets'],
  vae: ['datasets'],
  diffusion: ['datasets'],
}

/** The models say what is computed; whoever runs them chooses where. */
export const models = ['gru', 'vae', 'diffusion']

/** What each folder of `tooling/` may import from `packages/`. */
export const tools = {
  conformance: ['tensor'],
  bench: Object.keys(packages),
  size: ['tensor'],
  browser: Object.keys(packages),
  trainings: Object.keys(packages),
}

const description = ['shape', 'special', 'graph', 'primitives']

/** Each folder of `packages/tensor/src`, and the folders it may import. A path in place of a folder admits that file alone. */
export const tensorFolders = {
  shape: [],
  special: [],
  graph: ['shape'],
  // The plain meaning of the threefry primitive is the host's own generator.
  primitives: ['shape', 'special', 'graph', 'random/threefry.ts'],
  tree: description,
  ops: [...description, 'tree'],
  autodiff: [...description, 'ops', 'tree'],
  random: [...description, 'ops', 'tree'],
  program: [...description, 'ops', 'tree', 'autodiff', 'random'],
  runtime: [...description, 'ops', 'tree', 'autodiff', 'random', 'program'],
  backends: [...description, 'random/threefry.ts', 'program', 'runtime'],
}
