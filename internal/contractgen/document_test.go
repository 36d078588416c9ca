package contractgen

import (
	"testing"

	"github.com/awaitop/awaitop/internal/golden"
)

// The document is current. "go generate ./internal/contractgen" writes it.
func TestDocument(t *testing.T) {
	t.Parallel()
	document, _, err := document("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := document.yaml()
	if err != nil {
		t.Fatal(err)
	}
	golden.Text(t, "../../../contract/awaitop.nexusrpc.yaml", "# Written by \"go generate ./internal/contractgen\". Do not edit.\n"+string(text))
}
