// DOMException (Web IDL).
const names = ['IndexSizeError', null, 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError', null,
               'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError', 'InvalidStateError',
               'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', null, 'TypeMismatchError',
               'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError', 'QuotaExceededError', 'TimeoutError',
               'InvalidNodeTypeError', 'DataCloneError'];

class DOMException extends Error {
  #name;
  #code;

  constructor(message = '', options = 'Error') {
    if (options !== null && typeof options === 'object') {
      super(`${message}`, 'cause' in options ? { cause: options.cause } : undefined);
      this.#name = `${options.name ?? 'Error'}`;
    } else {
      super(`${message}`);
      this.#name = `${options}`;
    }
    this.#code = names.indexOf(this.#name) + 1;
  }

  get name() { return this.#name; }
  get code() { return this.#code; }
}
for (const [i, name] of names.entries()) {
  if (name === null) continue;
  const constant = `${name.replace(/Error$/, '').replace('URL', 'Url').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}_ERR`;
  for (const holder of [DOMException, DOMException.prototype]) Object.defineProperty(holder, constant, { value: i + 1, enumerable: true });
}
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: 'DOMException', configurable: true });

export default { DOMException };
