package awaiters

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// Input is what a workflow of awaitop was started with, as far as others need it.
type Input struct {
	// Unknown says that a codec has encoded it, and that no worker has told it.
	Unknown bool
	// Refs are the operations that it awaits.
	Refs []lro.Ref
	// Key is the text that a caller has chosen for a step's key, "" for none.
	Key string
	// CancelPolicy and DeadlinePolicy are the options of those names, "" for the default.
	CancelPolicy, DeadlinePolicy string
}

// Cancels reports whether the workflow was to cancel its operations when it is ended: when it is canceled or, if it has
// timed out, when its time is over.
func (in Input) Cancels(timedOut bool) bool {
	if timedOut {
		return in.DeadlinePolicy == "cancel"
	}
	return in.CancelPolicy == "" || in.CancelPolicy == "cancel"
}

// wire is the input of a workflow of awaitop in JSON.
type wire struct {
	Ref          string   `json:"ref"`
	Refs         []string `json:"refs"`
	Key          string   `json:"key"`
	CancelPolicy string   `json:"cancelPolicy"`
	Deadline     string   `json:"deadlinePolicy"`
}

// inputOf reads an input in JSON. What cannot be read leaves its field zero: such a workflow awaits nothing.
func inputOf(data []byte) Input {
	var w wire
	_ = json.Unmarshal(data, &w)
	return w.input()
}

func (w wire) input() Input {
	in := Input{Key: w.Key, CancelPolicy: w.CancelPolicy, DeadlinePolicy: w.Deadline}
	for _, text := range append([]string{w.Ref}, w.Refs...) {
		if ref, err := lro.ParseRef(text); err == nil {
			in.Refs = append(in.Refs, ref)
		}
	}
	return in
}
