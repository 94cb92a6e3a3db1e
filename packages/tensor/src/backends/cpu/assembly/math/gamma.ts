// log |Gamma| lane by lane in double precision; the method and its sources: src/special/gamma.ts.
import { log, sinPi } from './double'

/** log Gamma(2 + z), |z| <= 1/2: the power series (DLMF 5.7.3). */
function aboutTwo(z: f64): f64 {
  let p: f64 = 4.7698101693639804e-8
  p = p * z - 1.0043224823968099e-7
  p = p * z + 2.1207184805554665e-7
  p = p * z - 4.492469198764566e-7
  p = p * z + 9.55141213040742e-7
  p = p * z - 2.039215753801366e-6
  p = p * z + 4.374866789907488e-6
  p = p * z - 9.439488275268397e-6
  p = p * z + 2.050721277567069e-5
  p = p * z - 4.492623673813314e-5
  p = p * z + 9.945751278180853e-5
  p = p * z - 0.00022315475845357939
  p = p * z + 0.0005096695247430425
  p = p * z - 0.001192753911703261
  p = p * z + 0.0028905103307415234
  p = p * z - 0.007385551028673986
  p = p * z + 0.020580808427784546
  p = p * z - 0.0673523010531981
  p = p * z + 0.3224670334241132
  return z * (0.42278433509846713 + z * p)
}

function logGammaPositive(x: f64): f64 {
  if (x < 0.5) return aboutTwo(x) - log(x) - log(1 + x)
  if (x < 1.5) return aboutTwo(x - 1) - log(x)
  if (x < 10) {
    let product: f64 = 1
    while (x >= 2.5) {
      x -= 1
      product *= x
    }
    return aboutTwo(x - 2) + log(product)
  }
  if (x == Infinity) return x
  // Stirling's series (DLMF 5.11.1).
  const z = 1 / (x * x)
  const p = 1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - (z * 1.0) / 1188)))
  return (x - 0.5) * (log(x) - 1) + (0.41893853320467275 + p / x)
}

function logGamma(single: f32): f32 {
  const x = <f64>single
  if (x > 0) return <f32>logGammaPositive(x)
  if (x != x) return single
  const r = x - nearest(x)
  if (!(abs(r) > 0)) return <f32>Infinity
  return <f32>(log(3.141592653589793 / abs(x * sinPi(r))) - logGammaPositive(-x))
}

/** log |Gamma(x)|: +infinity at 0, at the negative integers and at both infinities. */
@inline export function lgamma(x: v128): v128 {
  let y = f32x4.replace_lane(x, 0, logGamma(f32x4.extract_lane(x, 0)))
  y = f32x4.replace_lane(y, 1, logGamma(f32x4.extract_lane(x, 1)))
  y = f32x4.replace_lane(y, 2, logGamma(f32x4.extract_lane(x, 2)))
  return f32x4.replace_lane(y, 3, logGamma(f32x4.extract_lane(x, 3)))
}
