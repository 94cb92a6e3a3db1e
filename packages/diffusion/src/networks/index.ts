export { fashionMnistUNet, unet, type UNetArchitecture, type UNetParameters } from './unet.js'
export type { DenoisingNetwork, Noisy } from './network.js'
export {
  pointDenoiser,
  type PointDenoiserArchitecture,
  type PointDenoiserParameters,
} from './pointDenoiser.js'
