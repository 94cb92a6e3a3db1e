/*
 * Decimal arithmetic on literal dimensions, digit by digit, so that its cost is the number of digits and not the
 * number. A dimension that is only `number` makes the result `number`. Numbers are strings here, least digit first.
 */

/** Row a, column b: the carry and the digit of a + b; column 10 is b = 9 with a carry coming in. */
type Sums = [
  ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10'],
  ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11'],
  ['02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'],
  ['03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13'],
  ['04', '05', '06', '07', '08', '09', '10', '11', '12', '13', '14'],
  ['05', '06', '07', '08', '09', '10', '11', '12', '13', '14', '15'],
  ['06', '07', '08', '09', '10', '11', '12', '13', '14', '15', '16'],
  ['07', '08', '09', '10', '11', '12', '13', '14', '15', '16', '17'],
  ['08', '09', '10', '11', '12', '13', '14', '15', '16', '17', '18'],
  ['09', '10', '11', '12', '13', '14', '15', '16', '17', '18', '19'],
]

/** Row a, column b: the borrow and the digit of a - b; column 10 is b = 9 with a borrow coming in. */
type Differences = [
  ['00', '19', '18', '17', '16', '15', '14', '13', '12', '11', '10'],
  ['01', '00', '19', '18', '17', '16', '15', '14', '13', '12', '11'],
  ['02', '01', '00', '19', '18', '17', '16', '15', '14', '13', '12'],
  ['03', '02', '01', '00', '19', '18', '17', '16', '15', '14', '13'],
  ['04', '03', '02', '01', '00', '19', '18', '17', '16', '15', '14'],
  ['05', '04', '03', '02', '01', '00', '19', '18', '17', '16', '15'],
  ['06', '05', '04', '03', '02', '01', '00', '19', '18', '17', '16'],
  ['07', '06', '05', '04', '03', '02', '01', '00', '19', '18', '17'],
  ['08', '07', '06', '05', '04', '03', '02', '01', '00', '19', '18'],
  ['09', '08', '07', '06', '05', '04', '03', '02', '01', '00', '19'],
]

/** Row a, column b: a times b. */
type Products = [
  ['00', '00', '00', '00', '00', '00', '00', '00', '00', '00'],
  ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09'],
  ['00', '02', '04', '06', '08', '10', '12', '14', '16', '18'],
  ['00', '03', '06', '09', '12', '15', '18', '21', '24', '27'],
  ['00', '04', '08', '12', '16', '20', '24', '28', '32', '36'],
  ['00', '05', '10', '15', '20', '25', '30', '35', '40', '45'],
  ['00', '06', '12', '18', '24', '30', '36', '42', '48', '54'],
  ['00', '07', '14', '21', '28', '35', '42', '49', '56', '63'],
  ['00', '08', '16', '24', '32', '40', '48', '56', '64', '72'],
  ['00', '09', '18', '27', '36', '45', '54', '63', '72', '81'],
]

/** A digit with the carry (or borrow) coming in added: a column of `Sums` and `Differences`. */
type Column<D extends string, Carry extends string> = Carry extends '0' ? D : Next[D & keyof Next]

interface Next {
  '0': '1'
  '1': '2'
  '2': '3'
  '3': '4'
  '4': '5'
  '5': '6'
  '6': '7'
  '7': '8'
  '8': '9'
  '9': '10'
}

/** Half of a digit, and of ten more than it. */
interface Halves {
  '0': { '0': '0'; '1': '0'; '2': '1'; '3': '1'; '4': '2'; '5': '2'; '6': '3'; '7': '3'; '8': '4'; '9': '4' }
  '1': { '0': '5'; '1': '5'; '2': '6'; '3': '6'; '4': '7'; '5': '7'; '6': '8'; '7': '8'; '8': '9'; '9': '9' }
}

type Odd = '1' | '3' | '5' | '7' | '9'

type Entry<Table, Row extends string, Key extends string> = Table[Row & keyof Table] extends infer R
  ? R[Key & keyof R]
  : never

type Reversed<S extends string, Out extends string = ''> = S extends `${infer Head}${infer Tail}`
  ? Reversed<Tail, `${Head}${Out}`>
  : Out

/** The number that reversed digits stand for. */
type Value<S extends string> = Natural<Reversed<S>>

/** The number that digits stand for, which may begin with zeros. */
type Natural<S extends string> = S extends `0${infer Tail}`
  ? Tail extends ''
    ? 0
    : Natural<Tail>
  : S extends `${infer N extends number}`
    ? N
    : never

type AddDigits<
  A extends string,
  B extends string,
  Carry extends string = '0',
  Out extends string = '',
> = A extends `${infer X}${infer RestA}`
  ? B extends `${infer Y}${infer RestB}`
    ? Entry<Sums, X, Column<Y, Carry>> extends `${infer C}${infer D}`
      ? AddDigits<RestA, RestB, C, `${Out}${D}`>
      : never
    : Carry extends '0'
      ? `${Out}${A}`
      : AddDigits<A, '1', '0', Out>
  : Carry extends '0'
    ? `${Out}${B}`
    : B extends ''
      ? `${Out}1`
      : AddDigits<B, '1', '0', Out>

/** Reversed digits of a - b; `never` if that is negative. */
type SubtractDigits<
  A extends string,
  B extends string,
  Borrow extends string = '0',
  Out extends string = '',
> = A extends `${infer X}${infer RestA}`
  ? B extends `${infer Y}${infer RestB}`
    ? Entry<Differences, X, Column<Y, Borrow>> extends `${infer C}${infer D}`
      ? SubtractDigits<RestA, RestB, C, `${Out}${D}`>
      : never
    : Borrow extends '0'
      ? `${Out}${A}`
      : SubtractDigits<A, '1', '0', Out>
  : B extends ''
    ? Borrow extends '0'
      ? Out
      : never
    : never

type TimesDigit<
  A extends string,
  Y extends string,
  Carry extends string = '0',
  Out extends string = '',
> = A extends `${infer X}${infer Rest}`
  ? Entry<Products, X, Y> extends `${infer Tens}${infer Ones}`
    ? Entry<Sums, Ones, Carry> extends `${infer C}${infer D}`
      ? TimesDigit<Rest, Y, Column<Tens, C>, `${Out}${D}`>
      : never
    : never
  : Carry extends '0'
    ? Out
    : `${Out}${Carry}`

type TimesDigits<
  A extends string,
  B extends string,
  Sum extends string = '',
  Out extends string = '',
> = B extends `${infer Y}${infer Rest}`
  ? AddDigits<TimesDigit<A, Y>, Sum> extends `${infer Low}${infer High}`
    ? TimesDigits<A, Rest, High, `${Out}${Low}`>
    : never
  : `${Out}${Sum}`

/** Digits most significant first. */
type HalveDigits<
  A extends string,
  Remainder extends '0' | '1' = '0',
  Out extends string = '',
> = A extends `${infer X}${infer Rest}`
  ? HalveDigits<Rest, X extends Odd ? '1' : '0', `${Out}${Entry<Halves, Remainder, X>}`>
  : Out

/** a + b. */
export type Add<A extends number, B extends number> = B extends 0
  ? A
  : A extends 0
    ? B
    : number extends A | B
      ? number
      : Value<AddDigits<Reversed<`${A}`>, Reversed<`${B}`>>>

/** a - b; `never` if that is negative. */
export type Subtract<A extends number, B extends number> = B extends 0
  ? A
  : number extends A
    ? number
    : number extends B
      ? number
      : SubtractDigits<Reversed<`${A}`>, Reversed<`${B}`>> extends infer D extends string
        ? [D] extends [never]
          ? never
          : Value<D>
        : never

/** a b. */
export type Multiply<A extends number, B extends number> = B extends 1
  ? A
  : A extends 1
    ? B
    : B extends 0
      ? 0
      : A extends 0
        ? 0
        : number extends A
          ? number
          : number extends B
            ? number
            : Value<TimesDigits<Reversed<`${A}`>, Reversed<`${B}`>>>

/** floor(a / b) for b = 1, 2, 4, 8; `number` for any other divisor. */
export type Quotient<A extends number, B extends number> = number extends A
  ? number
  : number extends B
    ? number
    : B extends 1
      ? A
      : B extends 2
        ? Natural<HalveDigits<`${A}`>>
        : B extends 4
          ? Natural<HalveDigits<HalveDigits<`${A}`>>>
          : B extends 8
            ? Natural<HalveDigits<HalveDigits<HalveDigits<`${A}`>>>>
            : number

/** The product of all dimensions. */
export type Size<S extends readonly number[], Product extends number = 1> = S extends readonly [
  infer D extends number,
  ...infer Rest extends readonly number[],
]
  ? Size<Rest, Multiply<Product, D>>
  : S extends readonly []
    ? Product
    : number
