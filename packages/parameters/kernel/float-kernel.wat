;; The loops over every element of every update, two and four at a time.
;; Each does the same float64 operations in the same order as its plain form in src/kernel/plain-kernel.ts.
(module
  (import "host" "memory" (memory 1))

  ;; sums[i] += weights[k] · slices[k][i] for each k in order, for count elements.
  ;; slices: `updates` rows of float32, `stride` bytes apart; weights, sums: float64.
  (func (export "addWeighted")
    (param $slices i32) (param $stride i32) (param $updates i32) (param $weights i32)
    (param $sums i32) (param $count i32)
    (local $k i32) (local $x i32) (local $w v128) (local $v v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $s4 v128) (local $s5 v128) (local $s6 v128) (local $s7 v128)
    (local $sum f64)

    ;; Sixteen elements, one cache line of each update, with their sums in registers.
    (block $few
      (loop $line
        (br_if $few (i32.lt_u (local.get $count) (i32.const 16)))
        (local.set $s0 (v128.load (local.get $sums)))
        (local.set $s1 (v128.load offset=16 (local.get $sums)))
        (local.set $s2 (v128.load offset=32 (local.get $sums)))
        (local.set $s3 (v128.load offset=48 (local.get $sums)))
        (local.set $s4 (v128.load offset=64 (local.get $sums)))
        (local.set $s5 (v128.load offset=80 (local.get $sums)))
        (local.set $s6 (v128.load offset=96 (local.get $sums)))
        (local.set $s7 (v128.load offset=112 (local.get $sums)))
        (local.set $k (i32.const 0))
        (local.set $x (local.get $slices))
        (loop $update
          (local.set $w (v128.load64_splat (i32.add (local.get $weights) (i32.shl (local.get $k) (i32.const 3)))))
          (local.set $v (v128.load (local.get $x)))
          (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (local.get $v)))))
          (local.set $s1 (f64x2.add (local.get $s1) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))))
          (local.set $v (v128.load offset=16 (local.get $x)))
          (local.set $s2 (f64x2.add (local.get $s2) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (local.get $v)))))
          (local.set $s3 (f64x2.add (local.get $s3) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))))
          (local.set $v (v128.load offset=32 (local.get $x)))
          (local.set $s4 (f64x2.add (local.get $s4) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (local.get $v)))))
          (local.set $s5 (f64x2.add (local.get $s5) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))))
          (local.set $v (v128.load offset=48 (local.get $x)))
          (local.set $s6 (f64x2.add (local.get $s6) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (local.get $v)))))
          (local.set $s7 (f64x2.add (local.get $s7) (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))))
          (local.set $x (i32.add (local.get $x) (local.get $stride)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $update (i32.lt_u (local.get $k) (local.get $updates))))
        (v128.store (local.get $sums) (local.get $s0))
        (v128.store offset=16 (local.get $sums) (local.get $s1))
        (v128.store offset=32 (local.get $sums) (local.get $s2))
        (v128.store offset=48 (local.get $sums) (local.get $s3))
        (v128.store offset=64 (local.get $sums) (local.get $s4))
        (v128.store offset=80 (local.get $sums) (local.get $s5))
        (v128.store offset=96 (local.get $sums) (local.get $s6))
        (v128.store offset=112 (local.get $sums) (local.get $s7))
        (local.set $slices (i32.add (local.get $slices) (i32.const 64)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 128)))
        (local.set $count (i32.sub (local.get $count) (i32.const 16)))
        (br $line)))

    (block $none
      (loop $element
        (br_if $none (i32.eqz (local.get $count)))
        (local.set $sum (f64.load (local.get $sums)))
        (local.set $k (i32.const 0))
        (local.set $x (local.get $slices))
        (loop $update
          (local.set $sum (f64.add (local.get $sum) (f64.mul
            (f64.load (i32.add (local.get $weights) (i32.shl (local.get $k) (i32.const 3))))
            (f64.promote_f32 (f32.load (local.get $x))))))
          (local.set $x (i32.add (local.get $x) (local.get $stride)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $update (i32.lt_u (local.get $k) (local.get $updates))))
        (f64.store (local.get $sums) (local.get $sum))
        (local.set $slices (i32.add (local.get $slices) (i32.const 4)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $element))))

  ;; output[i] = sums[i] / total, rounded to float32, for count float64.
  (func (export "divide") (param $sums i32) (param $total f64) (param $output i32) (param $count i32)
    (local $t v128)
    (local.set $t (f64x2.splat (local.get $total)))
    (block $few
      (loop $four
        (br_if $few (i32.lt_u (local.get $count) (i32.const 4)))
        (v128.store (local.get $output) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
          (f32x4.demote_f64x2_zero (f64x2.div (v128.load (local.get $sums)) (local.get $t)))
          (f32x4.demote_f64x2_zero (f64x2.div (v128.load offset=16 (local.get $sums)) (local.get $t)))))
        (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
        (local.set $output (i32.add (local.get $output) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $four)))
    (block $none
      (loop $one
        (br_if $none (i32.eqz (local.get $count)))
        (f32.store (local.get $output) (f32.demote_f64 (f64.div (f64.load (local.get $sums)) (local.get $total))))
        (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
        (local.set $output (i32.add (local.get $output) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $one))))

  ;; partials[i mod 4] += values[i]², for count float32 values; partials: four float64.
  (func (export "addSquares") (param $values i32) (param $count i32) (param $partials i32)
    (local $low v128) (local $high v128) (local $v v128) (local $p v128) (local $x f64)
    (local.set $low (v128.load (local.get $partials)))
    (local.set $high (v128.load offset=16 (local.get $partials)))
    (block $few
      (loop $four
        (br_if $few (i32.lt_u (local.get $count) (i32.const 4)))
        (local.set $v (v128.load (local.get $values)))
        (local.set $p (f64x2.promote_low_f32x4 (local.get $v)))
        (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $p) (local.get $p))))
        (local.set $p (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))
        (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $p) (local.get $p))))
        (local.set $values (i32.add (local.get $values) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $four)))
    (v128.store (local.get $partials) (local.get $low))
    (v128.store offset=16 (local.get $partials) (local.get $high))
    (block $none
      (loop $one
        (br_if $none (i32.eqz (local.get $count)))
        (local.set $x (f64.promote_f32 (f32.load (local.get $values))))
        (f64.store (local.get $partials)
          (f64.add (f64.load (local.get $partials)) (f64.mul (local.get $x) (local.get $x))))
        (local.set $values (i32.add (local.get $values) (i32.const 4)))
        (local.set $partials (i32.add (local.get $partials) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $one)))))
