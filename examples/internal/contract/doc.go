// Package contract validates payloads against the document of the contract, contract/awaitop.nexusrpc.yaml, as a caller
// in another language would: by a library for JSON Schema, and by nothing of awaitop's.
package contract
