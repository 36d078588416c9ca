package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

// maxKeywords bounds the keywords of one attribute, in bytes: the server takes 2 KiB.
const maxKeywords = 1536

// startAttributes are the attributes with which an AwaitOperation is started. They cost no
// event.
func (in *AwaitInput) startAttributes() []temporal.SearchAttributeUpdate {
	if !in.SearchAttributes {
		return nil
	}
	return []temporal.SearchAttributeUpdate{
		OperationAttribute.ValueSet([]string{orphans.Keyword(in.Ref.String())}),
		StateAttribute.ValueSet(string(PhaseAwaiting)),
	}
}

// attribute adds the operations to the workflow's search attributes, if the options say so.
// undo removes them.
func (o *AwaitOptions) attribute(ctx workflow.Context, awaited ...string) (undo func()) {
	if !o.SearchAttributes {
		return func() {}
	}
	for i := range awaited {
		awaited[i] = orphans.Keyword(awaited[i])
	}
	now, _ := workflow.GetTypedSearchAttributes(ctx).GetKeywordList(OperationAttribute)
	size := 0
	for _, has := range now {
		size += len(has)
	}
	all := slices.Clone(now)
	for _, one := range awaited {
		if size += len(one); !slices.Contains(all, one) && size <= maxKeywords {
			all = append(all, one)
		}
	}
	upsertOperations(ctx, now, all)
	return func() {
		now, _ := workflow.GetTypedSearchAttributes(ctx).GetKeywordList(OperationAttribute)
		upsertOperations(ctx, now, slices.DeleteFunc(slices.Clone(now), func(has string) bool { return slices.Contains(awaited, has) }))
	}
}

// attribute tells a list that the saga undoes: by the version of UndoChange, by UndoMemo and, if the steps' options say
// so, by the workflow's search attributes. undone takes it back.
func (s *Saga) attribute(ctx workflow.Context) (undone func()) {
	var names []string
	undoes := false
	for _, step := range s.steps {
		if step.toCome() == 0 {
			continue
		}
		undoes = true
		if step.listed(s) {
			names = append(names, step.operation())
		}
	}
	leave := func() {}
	if undoes && changed(ctx, UndoChange) {
		leave = s.board.enter(ctx)
	}
	options := AwaitOptions{SearchAttributes: len(names) > 0}
	remove := options.attribute(ctx, names...)
	return func() {
		remove()
		leave()
	}
}

func upsertOperations(ctx workflow.Context, now, want []string) {
	switch {
	case slices.Equal(now, want):
	case len(want) == 0:
		_ = workflow.UpsertTypedSearchAttributes(ctx, OperationAttribute.ValueUnset()) // the update is not empty
	default:
		_ = workflow.UpsertTypedSearchAttributes(ctx, OperationAttribute.ValueSet(want))
	}
}

// attributeState updates the attributes of an AwaitOperation.
func (w *wait) attributeState(ctx workflow.Context) {
	if w.steering == nil || !w.in.SearchAttributes {
		return
	}
	var updates []temporal.SearchAttributeUpdate
	now := workflow.GetTypedSearchAttributes(ctx)
	if state, _ := now.GetKeyword(StateAttribute); state != string(w.phase) {
		updates = append(updates, StateAttribute.ValueSet(string(w.phase)))
	}
	if progress := lro.ProgressOf(w.outcome.Operation.Metadata); progress.Known && w.in.ProgressInterval > 0 {
		if percent, known := now.GetInt64(PercentAttribute); !known || percent != int64(progress.Percent) {
			updates = append(updates, PercentAttribute.ValueSet(int64(progress.Percent)))
		}
	}
	if len(updates) > 0 {
		_ = workflow.UpsertTypedSearchAttributes(ctx, updates...) // which are not empty
	}
}
