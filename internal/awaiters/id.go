package awaiters

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

const (
	// idPrefix begins the id of the AwaitOperation that workflows.Start runs, before its Ref.
	idPrefix = "await:"
	// maxIDLength keeps an id below the server's default limit of 1,000 bytes, with room
	// for a prefix that a namespace's tools may add.
	maxIDLength = 900
)

// ID is workflows.WorkflowID.
func ID(ref lro.Ref) string {
	text := ref.String()
	id := idPrefix + text
	if len(id) <= maxIDLength {
		return id
	}
	sum := sha256.Sum256([]byte(text))
	digest := hex.EncodeToString(sum[:])
	if id = idPrefix + ref.Collection().String() + "/" + digest; len(id) <= maxIDLength {
		return id
	}
	return idPrefix + digest
}

// refOf is the Ref in an id, if there is one.
func refOf(id string) (ref lro.Ref, is bool) {
	text, is := strings.CutPrefix(id, idPrefix)
	if !is {
		return ref, false
	}
	ref, err := lro.ParseRef(text)
	return ref, err == nil
}
