package catalog

import _ "embed" // for the files

//go:generate go run ../internal/cataloggen -documents documents catalog.txt

//go:embed catalog.txt
var generatedFile string

//go:embed hand.txt
var handFile string
