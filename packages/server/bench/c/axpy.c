// The weighted mean of K updates of P float32 numbers as plain C: what `bench:fold` compares the fold with.
// Arguments: K, P, repeats. Prints the median CPU milliseconds of acc += w * x with float32 sums (the least work that
// yields a sum) and with float64 sums, divided and rounded once (the arithmetic of the fold).
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void axpy_f32(float *restrict sum, const float *restrict x, float w, long n) {
  for (long i = 0; i < n; i++) sum[i] += w * x[i];
}

static void axpy_f64(double *restrict sum, const float *restrict x, double w, long n) {
  for (long i = 0; i < n; i++) sum[i] += w * x[i];
}

static void divide(float *restrict mean, const double *restrict sum, double total, long n) {
  for (long i = 0; i < n; i++) mean[i] = (float)(sum[i] / total);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int k = atoi(argv[1]), repeats = atoi(argv[3]);
  long p = atol(argv[2]);
  float **x = malloc(k * sizeof *x), *mean = malloc(p * sizeof *mean);
  double *sum = malloc(p * sizeof *sum), *narrow = malloc(repeats * sizeof *narrow), *wide = malloc(repeats * sizeof *wide);
  for (int j = 0; j < k; j++) {
    x[j] = malloc(p * sizeof **x);
    for (long i = 0; i < p; i++) x[j][i] = (float)((i + j) % 1000) / 1000;
  }
  memset(sum, 0, p * sizeof *sum);
  memset(mean, 0, p * sizeof *mean);
  double check = 0;
  for (int r = 0; r < repeats; r++) {
    double start = cpu_ms();
    memset(mean, 0, p * sizeof *mean);
    for (int j = 0; j < k; j++) axpy_f32(mean, x[j], 1.0f / k, p);
    narrow[r] = cpu_ms() - start;
    check += mean[p / 2];

    start = cpu_ms();
    memset(sum, 0, p * sizeof *sum);
    for (int j = 0; j < k; j++) axpy_f64(sum, x[j], 1.0, p);
    divide(mean, sum, k, p);
    wide[r] = cpu_ms() - start;
    check += mean[p / 2];
  }
  qsort(narrow, repeats, sizeof *narrow, ascending);
  qsort(wide, repeats, sizeof *wide, ascending);
  printf("{\"float32Ms\":%.3f,\"float64Ms\":%.3f,\"check\":%.6f}\n", narrow[repeats / 2], wide[repeats / 2], check);
  return 0;
}
