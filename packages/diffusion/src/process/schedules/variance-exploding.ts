import type { Process } from '../level.js'

/** The least and the most noise of a process whose signal is not scaled. */
export interface Sigmas {
  readonly least?: number
  readonly most?: number
}

/** σ(t) = least·(most/least)ᵗ, a geometric sequence (Song et al. 2021, eq. 30, for data on [0, 1] there). */
export const varianceExploding = ({ least = 0.01, most = 50 }: Sigmas = {}): Process => ({
  family: 'variance-exploding',
  logSnr: t => -2 * (Math.log(least) + t * Math.log(most / least)),
})

/**
 * σ(t) = (least^(1/ρ) + t (most^(1/ρ) − least^(1/ρ)))^ρ (Karras et al. 2022, eq. 5, with their defaults): short steps where there is little noise, the
 * more so the larger ρ.
 */
export const karras = ({
  least = 0.002,
  most = 80,
  rho = 7,
}: Sigmas & { readonly rho?: number } = {}): Process => {
  const [low, high] = [least ** (1 / rho), most ** (1 / rho)]
  return {
    family: 'variance-exploding',
    logSnr: t => -2 * rho * Math.log(low + t * (high - low)),
  }
}
