package stepkey

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// prefix begins each key. A label's value and an operation's id begin with a letter.
const prefix = "awaitop_"

// Lengths of the parts of a key, in bytes of a SHA-256. Each is two hexadecimal digits.
const (
	workflowBytes = 5 // of the workflow id: one in 10^12 other ids has the same
	runBytes      = 4 // of the workflow id and the first run id
	stepBytes     = 7 // of both and the step's name: the steps of one workflow differ in it alone
)

// New returns the key of a step: "awaitop_", then 32 hexadecimal digits. The parts for workflow and run
// stand first, so that what bears the key leads back to its workflow.
func New(workflowID, firstRunID, step string) string {
	return prefix + Workflow(workflowID) + run(workflowID, firstRunID) + digits(stepBytes, workflowID, firstRunID, step)
}

// Workflow is the part of a key that all keys of workflows with that id have, see [Key].
func Workflow(workflowID string) string { return digits(workflowBytes, workflowID) }

func run(workflowID, firstRunID string) string { return digits(runBytes, workflowID, firstRunID) }

// digits are the first n bytes of the parts' SHA-256. No part but a workflow's id and a step's name may
// have a zero byte, and these stand first and last.
func digits(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:n])
}

// Key is what a key tells of what bears it.
type Key struct {
	// Workflow is the part that [Workflow] returns for the id of its workflow. A workflow of another id
	// may have the same part: [Key.IsOf] tells.
	Workflow string
	run      string
	// Undoes says that it marks an operation that takes back another one.
	Undoes bool
}

// form is a key, with what tells generations and undos apart, see starters.UndoKey.
var form = regexp.MustCompile(`^` + prefix + `([0-9a-f]{10})([0-9a-f]{8})[0-9a-f]{14}((?:_[a-z0-9]+)*)$`)

// Parse reads a key. It reports false for a text that is none.
func Parse(text string) (Key, bool) {
	parts := form.FindStringSubmatch(text)
	if parts == nil {
		return Key{}, false
	}
	return Key{Workflow: parts[1], run: parts[2], Undoes: strings.Contains(parts[3], "_undo")}, true
}

// IsOf reports whether the key is of the workflow of that id whose first run is firstRunID.
func (k Key) IsOf(workflowID, firstRunID string) bool {
	return k.Workflow == Workflow(workflowID) && k.run == run(workflowID, firstRunID)
}
