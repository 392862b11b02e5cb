module zoneaxis

go 1.26
