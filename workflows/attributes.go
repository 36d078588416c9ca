package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// The search attributes of [AwaitOptions.SearchAttributes]. A namespace has to be
// told of them first:
//
//	temporal operator search-attribute create \
//	  --name AwaitopOperation --type KeywordList \
//	  --name AwaitopState --type Keyword --name AwaitopPercent --type Int
var (
	// OperationAttribute holds the Refs that a workflow awaits, and for a set what
	// its names begin with: as many as a search attribute has room for. An inline
	// wait takes its own out when it ends.
	OperationAttribute = temporal.NewSearchAttributeKeyKeywordList("AwaitopOperation")
	// StateAttribute is the [WaitPhase] of an AwaitOperation.
	StateAttribute = temporal.NewSearchAttributeKeyKeyword("AwaitopState")
	// PercentAttribute is how far the operation of an AwaitOperation is, in percent,
	// where a ProgressInterval is given and the service says.
	PercentAttribute = temporal.NewSearchAttributeKeyInt64("AwaitopPercent")
)

const (
	// maxKeyword is the longest keyword that all of Temporal's stores take, in bytes.
	maxKeyword = 255
	// maxKeywords bounds those of one attribute: the server takes 2 KiB.
	maxKeywords = 1536
)

// keyword is text, or its end where it is too long.
func keyword(text string) string {
	if len(text) > maxKeyword {
		return "..." + tail(text, maxKeyword-len("..."))
	}
	return text
}

// startAttributes are those that an AwaitOperation is started with, which costs no
// event.
func (in *AwaitInput) startAttributes() []temporal.SearchAttributeUpdate {
	if !in.SearchAttributes {
		return nil
	}
	return []temporal.SearchAttributeUpdate{
		OperationAttribute.ValueSet([]string{keyword(in.Ref.String())}),
		StateAttribute.ValueSet(string(PhaseAwaiting)),
	}
}

// attribute has the workflow's search attributes say what it awaits, if asked for.
// What is returned takes that back.
func (o *AwaitOptions) attribute(ctx workflow.Context, awaited ...string) (undo func()) {
	if !o.SearchAttributes {
		return func() {}
	}
	for i := range awaited {
		awaited[i] = keyword(awaited[i])
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

func upsertOperations(ctx workflow.Context, now, want []string) {
	switch {
	case slices.Equal(now, want):
	case len(want) == 0:
		_ = workflow.UpsertTypedSearchAttributes(ctx, OperationAttribute.ValueUnset()) // it is not empty
	default:
		_ = workflow.UpsertTypedSearchAttributes(ctx, OperationAttribute.ValueSet(want))
	}
}

// attributeState keeps the attributes of an AwaitOperation up to date.
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
		_ = workflow.UpsertTypedSearchAttributes(ctx, updates...) // there are some
	}
}
