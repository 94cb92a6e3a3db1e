import { mlp } from '@elbo/nn'
import { bernoulli } from './likelihoods/bernoulli.js'
import { gaussian } from './posteriors/gaussian.js'
import { standardNormal } from './priors/standardNormal.js'
import { vae, type Vae } from './vae.js'
export const m = vae({ encoder: gaussian(mlp([6, 5, 2])), decoder: bernoulli(mlp([2, 5, 6])), prior: standardNormal(2) })
export const bad = vae({ encoder: gaussian(mlp([6, 5, 2])), decoder: bernoulli(mlp([3, 5, 6])), prior: standardNormal(2) })
export const bad2 = vae({ encoder: gaussian(mlp([6, 5, 2])), decoder: bernoulli(mlp([2, 5, 6])), prior: standardNormal(3) })
export const bad3 = vae({ encoder: gaussian(mlp([6, 5, 2])), decoder: bernoulli(mlp([2, 5, 7])), prior: standardNormal(2) })
export const n = (k: number): Vae<unknown> => vae({ encoder: gaussian(mlp([6, 5, k])), decoder: bernoulli(mlp([k, 5, 6])), prior: standardNormal(k) }) as Vae<unknown>
