package waitlist

import "cmp"

// FlatHeader names the columns of [Flat].
var FlatHeader = []string{"OPERATION", "STATE", "PROGRESS", "ENDS IN", "NEXT", "AGE", "WORKFLOW", "TROUBLE"}

// Flat is a table for programs: a line for each wait and undo, with its full name and, if that does not tell it, its
// workflow.
func Flat(rows []Row) [][]string {
	var table [][]string
	for i, row := range rows {
		if heads(rows, i) && row.Trouble == "" {
			continue // each wait below it names it
		}
		table = append(table, []string{
			row.Name(), row.State, dash(row.Progress()), dash(row.Ends), dash(row.Next), dash(row.Age), dash(workflowOf(row)), dash(row.Reason()),
		})
	}
	return table
}

// workflowOf is the workflow of a row, "" if the row's name is as good for the commands.
func workflowOf(row Row) string {
	if row.WorkflowID == row.Name() || row.WorkflowID == ownPrefix+row.Name() {
		return ""
	}
	return row.WorkflowID
}

func dash(text string) string { return cmp.Or(text, "-") }
