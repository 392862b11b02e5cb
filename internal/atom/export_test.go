package atom

const LobatoText = lobatoText
