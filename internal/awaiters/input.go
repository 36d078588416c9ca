package awaiters

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// Input is what a workflow of awaitop was started with, as far as others need it.
type Input struct {
	// Refs are the operations that it awaits.
	Refs []lro.Ref
	// Abandons says that a cancel of the workflow is to send none: it observes.
	Abandons bool
}

// wire is the input of an AwaitOperation or an AwaitOperations in JSON.
type wire struct {
	Ref          string   `json:"ref"`
	Refs         []string `json:"refs"`
	CancelPolicy string   `json:"cancelPolicy"`
}

// inputOf reads an input in JSON. What cannot be read leaves its field zero: such a workflow awaits nothing.
func inputOf(data []byte) Input {
	var w wire
	_ = json.Unmarshal(data, &w)
	return w.input()
}

func (w wire) input() Input {
	in := Input{Abandons: w.CancelPolicy == "abandon"}
	for _, text := range append([]string{w.Ref}, w.Refs...) {
		if ref, err := lro.ParseRef(text); err == nil {
			in.Refs = append(in.Refs, ref)
		}
	}
	return in
}
