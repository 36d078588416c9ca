package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/catalog"
)

// methodLine is what the catalog knows of a method, in JSON and in words. It is a contract.
type methodLine struct {
	ID string `json:"id"`
	// Key is the id with the service and version: it is never ambiguous.
	Key string `json:"key"`
	// Request is the verb and the form of the URL. Target is the form of the name that a step gives.
	Request string `json:"request"`
	Target  string `json:"target"`
	// Places of what a starter sets, such as "clusterId in the query". "" for a field that the request does not have.
	IDPlace      string `json:"idPlace,omitempty"`
	RequestID    string `json:"requestId,omitempty"`
	ValidateOnly string `json:"validateOnly,omitempty"`
	UpdateMask   string `json:"updateMask,omitempty"`
	// Labels is the field of the labels that the method can set.
	Labels string `json:"labels,omitempty"`
	// FoundBy tells the step's own operation after a lost reply. Class is its number, 1 is the best.
	FoundBy string `json:"foundBy"`
	Class   int    `json:"class"`
	// Undo is how a saga undoes the method, "" if it cannot. ForceUndo says that the delete can take what the resource
	// holds with it. NotUndoable says why a step needs an undo of its own.
	Undo        string `json:"undo,omitempty"`
	ForceUndo   bool   `json:"forceUndo,omitempty"`
	NotUndoable string `json:"notUndoable,omitempty"`
	// Step is the function of Go that makes the step, where workflows/google.Start refuses the method.
	Step string `json:"step,omitempty"`
	// Refusals say why a step of the method is refused.
	Refusals []string `json:"refusals,omitempty"`
}

func methodLineOf(m *catalog.Method) methodLine {
	request, _, _ := m.Request(m.Target()) // a form is a name of itself
	line := methodLine{
		ID: m.ID, Key: m.Key(), Request: request.Verb + " https://" + m.Service.Host + "/" + request.Path, Target: m.Target(),
		IDPlace: placeText(m.IDPlace), RequestID: placeText(m.RequestID), ValidateOnly: placeText(m.ValidateOnly), UpdateMask: placeText(m.UpdateMask),
		Labels: m.Labels, FoundBy: m.Exactness.String(), Class: int(m.Exactness),
	}
	line.Undo, line.NotUndoable = undoOf(m)
	if own, is := names.OwnOf(m.ID); is {
		line.Step = "workflows/spanner." + own.Function
	}
	line.ForceUndo = line.Undo != "" && slices.Contains(m.DeleteParameters, "force")
	for _, err := range []error{m.CheckTarget(), m.CheckID(), m.CheckAwait(), m.CheckVerb(), m.CheckExactness()} {
		if err != nil {
			line.Refusals = append(line.Refusals, problemText(err))
		}
	}
	return line
}

// undoOf is how a saga undoes the method, or why it cannot. Both are "" for one that cannot be started.
func undoOf(m *catalog.Method) (undo, why string) {
	if m.CheckID() != nil {
		return "", ""
	}
	if err := m.CheckUndo(); err != nil {
		return "", problemText(err)
	}
	if m.Delete == catalog.DeleteByOperation {
		return "delete, an operation", ""
	}
	return "delete", ""
}

// problemText is an error of the catalog without the method that it is about.
func problemText(err error) string {
	var lacking *catalog.Error
	if !errors.As(err, &lacking) {
		return err.Error()
	}
	return lacking.Problem + "; " + lacking.Want
}

// placeText is where a field of a request stands, "" for nowhere.
func placeText(p catalog.Place) string {
	switch {
	case p.In == catalog.Nowhere:
		return ""
	case p.Field == "":
		return p.In.String()
	default:
		return fmt.Sprintf("%s, %s", p.Field, p.In)
	}
}
