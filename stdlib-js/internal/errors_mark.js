/** Marks errors whose stack header is "Name [CODE]: message". */
export const kIsNodeError = Symbol('kIsNodeError');
