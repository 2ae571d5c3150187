/* inflate_fast() for x86-64, in place of zlib's: inflate() calls it while there is much input and much room.
 *
 * Its bit buffer is filled eight bytes at a time, once for a length and a distance together or for up to three
 * literals, and matches are copied in pieces of 8 or 16 bytes, so up to 15 bytes behind a match may be written before
 * their turn, but never past the output buffer. The tables, the state and the errors are zlib's. */
#include <stdint.h>
#include <string.h>

#include "zutil.h"
/* These need zutil.h. */
#include "inftrees.h"
#include "inflate.h"
#include "inffast.h"

enum {
  kPairBytes = 6,    /* A length and a distance with their extra bits have 48 bits at most. */
  kLongest = 258,    /* Bytes of a match. */
  kPiece = 16,       /* Bytes of a copy's piece at most. */
  kBaseFlag = 16,    /* A length or a distance: the low bits are the number of extra bits. */
  kEndFlag = 32,     /* The end of a block. */
  kNoLinkFlag = 64,  /* No link to a table of the second level. */
};

static inline uint64_t Load64(const unsigned char *from) {
  uint64_t value;
  memcpy(&value, from, sizeof(value));
  return value;
}

/* Writes `length` bytes at `out` that repeat those `distance` before it, and up to kPiece - 1 more; returns where they
 * end. */
static inline unsigned char *CopyMatch(unsigned char *out, unsigned distance, unsigned length) {
  const unsigned char *from = out - distance;
  unsigned char *const end = out + length;
  if (distance >= kPiece) {
    do {
      memcpy(out, from, kPiece);
      out += kPiece;
      from += kPiece;
    } while (out < end);
    return end;
  }
  if (distance == 1) {
    memset(out, *from, length);
    return end;
  }
  /* What repeats after `distance` bytes repeats after twice as many. */
  for (; distance < 8; distance *= 2) {
    memcpy(out, from, 8);
    out += distance;
  }
  for (; out < end; out += 8, from += 8) memcpy(out, from, 8);
  return end;
}

static inline unsigned char *CopyMatchExactly(unsigned char *out, unsigned distance, unsigned length) {
  for (const unsigned char *from = out - distance; length; length--) *out++ = *from++;
  return out;
}

/* Writes up to `length` bytes at `out` out of the window, of those that are `back` before its newest; returns how
 * many. `back` is at most state->whave. */
static unsigned CopyFromWindow(const struct inflate_state *state, unsigned char *out, unsigned back, unsigned length) {
  unsigned copied = 0;
  if (back > state->wnext) { /* It begins in the part before the window's end, which is older. */
    const unsigned older = back - state->wnext;
    copied = older < length ? older : length;
    memcpy(out, state->window + (state->wsize - older), copied);
    back = state->wnext;
  }
  const unsigned rest = back < length - copied ? back : length - copied;
  memcpy(out + copied, state->window + (state->wnext - back), rest);
  return copied + rest;
}

/* Takes strm->avail_in >= 6 and strm->avail_out >= 258; `start` is avail_out when inflate() was called. */
void ZLIB_INTERNAL inflate_fast(z_streamp strm, unsigned start) {
  struct inflate_state *const state = (struct inflate_state *)strm->state;
  const unsigned char *in = strm->next_in;
  const unsigned char *const in_end = in + strm->avail_in;
  unsigned char *out = strm->next_out;
  unsigned char *const out_end = out + strm->avail_out;
  const unsigned char *const begin = out_end - start;
  const code *const lengths = state->lencode;
  const code *const distances = state->distcode;
  const unsigned length_mask = (1u << state->lenbits) - 1;
  const unsigned distance_mask = (1u << state->distbits) - 1;
  uint64_t hold = state->hold; /* The bits above `bits` are none or those of the bytes from `in` on. */
  unsigned bits = state->bits;

  do {
    if (in_end - in >= 8) {
      hold |= Load64(in) << bits;
      in += (63 - bits) >> 3;
      bits |= 56;
    } else {
      for (; bits < 56 && in < in_end; bits += 8) hold |= (uint64_t)*in++ << bits;
    }

    code here = lengths[hold & length_mask];
    if (here.op == 0) { /* Three literals of the first level, whose codes have 9 bits at most, need no more bits. */
      for (int more = 2;; more--) {
        hold >>= here.bits;
        bits -= here.bits;
        *out++ = (unsigned char)here.val;
        here = lengths[hold & length_mask];
        if (here.op != 0 || more == 0) break;
      }
      continue;
    }
    if ((here.op & (kBaseFlag | kEndFlag | kNoLinkFlag)) == 0) {
      hold >>= here.bits;
      bits -= here.bits;
      here = lengths[here.val + (hold & ((1u << here.op) - 1))];
    }
    hold >>= here.bits;
    bits -= here.bits;
    if (here.op == 0) {
      *out++ = (unsigned char)here.val;
      continue;
    }
    if (!(here.op & kBaseFlag)) {
      if (here.op & kEndFlag) {
        state->mode = TYPE;
      } else {
        strm->msg = (char *)"invalid literal/length code";
        state->mode = BAD;
      }
      break;
    }
    unsigned extra = here.op & 15;
    unsigned length = here.val + (unsigned)(hold & ((1u << extra) - 1));
    hold >>= extra;
    bits -= extra;

    here = distances[hold & distance_mask];
    if ((here.op & (kBaseFlag | kNoLinkFlag)) == 0) {
      hold >>= here.bits;
      bits -= here.bits;
      here = distances[here.val + (hold & ((1u << here.op) - 1))];
    }
    hold >>= here.bits;
    bits -= here.bits;
    if (!(here.op & kBaseFlag)) {
      strm->msg = (char *)"invalid distance code";
      state->mode = BAD;
      break;
    }
    extra = here.op & 15;
    const unsigned distance = here.val + (unsigned)(hold & ((1u << extra) - 1));
    hold >>= extra;
    bits -= extra;

    const size_t written = (size_t)(out - begin);
    if (distance > written) {
      const unsigned back = distance - (unsigned)written;
      if (back > state->whave) {
        strm->msg = (char *)"invalid distance too far back";
        state->mode = BAD;
        break;
      }
      const unsigned copied = CopyFromWindow(state, out, back, length);
      out += copied;
      length -= copied;
      if (length == 0) continue;
    }
    out = (size_t)(out_end - out) >= length + kPiece ? CopyMatch(out, distance, length)
                                                     : CopyMatchExactly(out, distance, length);
  } while (in_end - in + (bits >> 3) >= kPairBytes && out_end - out >= kLongest);

  /* Whole bytes go back to the input. */
  in -= bits >> 3;
  bits &= 7;
  strm->next_in = (z_const Bytef *)in;
  strm->avail_in = (unsigned)(in_end - in);
  strm->next_out = out;
  strm->avail_out = (unsigned)(out_end - out);
  state->hold = (unsigned long)(hold & ((1u << bits) - 1));
  state->bits = bits;
}
